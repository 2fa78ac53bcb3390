"""How rare words are among all records: a rare surname says more than a common one."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from services.leads.domain.matching.portrait import Portrait

FEWEST = 1000
"""Before anything is known, one record in so many holds a word."""
_BEFORE = 50
"""How many records it takes to know better."""


@dataclass(frozen=True, kw_only=True)
class Census:
    """How many records there are, and how many of them hold each term (by its number)."""

    total: int
    holders: Mapping[int, int]

    @classmethod
    def of(cls, portraits: Iterable[Portrait]) -> Self:
        """Count the terms of records that are all at hand."""
        holders: Counter[int] = Counter()
        total = 0
        for portrait in portraits:
            total += 1
            holders.update(term.number for term in portrait.terms())
        return cls(total=total, holders=holders)

    @property
    def bits(self) -> float:
        """How surprising it is to meet one certain record."""
        return math.log2(max(self.total, FEWEST))

    def rarity(self, number: int) -> float:
        """How surprising it is that a second record holds the term, in bits."""
        others = max(1, self.holders.get(number, 0) - 1)
        share = (others + _BEFORE / FEWEST) / (self.total + _BEFORE)
        return max(0.0, -math.log2(share))

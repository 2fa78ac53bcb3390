"""Two records on the scales: what speaks for one party, what against, and what follows from it.

After Fellegi and Sunter: the logarithms of likelihood ratios add up. What agrees is worth as many
bits as its words are rare; the prior takes off as many as there are records to choose from.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from services.leads.domain.matching.census import Census
from services.leads.domain.matching.portrait import Portrait, Term
from services.leads.domain.matching.rules import Comparison, DuplicateRules
from services.leads.domain.matching.words import Words
from shared.pinyin import syllables

Level = Literal["same", "alike", "partly", "differs"]
"""`alike`: but for a slip of the pen. `partly`: one side has a number that the other leaves out."""
Decision = Literal["join", "ask", "ignore"]

_ALIKE = 0.9
_SHORTEST_ALIKE = 3
_SHORTEST_NUMBER_ALIKE = 5
_ONE_SIDED = 0.1
"""A word that only one side has is mostly left out by the other, not contradicted."""
_OPPOSED = 0.5
"""Where both sides have words the other has not, they speak against each other."""
_CONTRARY_NUMBERS = 4.0
_ALL_SAID = 0.2
"""What the same word costs for not being quite certain to be written the same again."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one comparison says, and how much that is worth."""

    comparison: str
    level: Level
    bits: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What all comparisons say together; their bits and the prior's add up to it."""

    bits: float
    prior: float
    findings: tuple[Finding, ...]
    decision: Decision


def weigh(one: Portrait, other: Portrait, *, census: Census, rules: DuplicateRules) -> Verdict:
    """Put two records on the scales."""
    findings = tuple(_findings(one, other, census, rules))
    prior = round(math.log2(rules.expected) - census.bits, 2)
    bits = round(prior + sum(finding.bits for finding in findings), 2)
    return Verdict(
        bits=bits, prior=prior, findings=findings, decision=_decide(bits, findings, rules)
    )


def _findings(
    one: Portrait, other: Portrait, census: Census, rules: DuplicateRules
) -> Iterator[Finding]:
    for comparison in rules.comparisons:
        mine, theirs = one.words.get(comparison.name), other.words.get(comparison.name)
        if mine and theirs:
            level, bits = _Scales(comparison, census).weigh(mine, theirs)
            yield Finding(comparison=comparison.name, level=level, bits=round(bits, 2))


def _decide(bits: float, findings: tuple[Finding, ...], rules: DuplicateRules) -> Decision:
    if bits < rules.ask:
        return "ignore"
    decisive = {comparison.name for comparison in rules.comparisons if comparison.contradicts}
    contradicted = any(
        finding.level in ("partly", "differs") and finding.comparison in decisive
        for finding in findings
    )
    agreeing = sum(finding.level in ("same", "alike") for finding in findings)
    enough = bits >= rules.join and agreeing >= rules.agreeing and not contradicted
    return "join" if enough and rules.join_by_itself else "ask"


class _Scales:
    """Weighs the words of one comparison."""

    def __init__(self, comparison: Comparison, census: Census) -> None:
        self._comparison = comparison
        self._census = census

    def weigh(self, mine: Words, theirs: Words) -> tuple[Level, float]:
        left, right = set(mine) - set(theirs), set(theirs) - set(mine)
        gained = sum(self._rarity(word) - _ALL_SAID for word in mine if word not in left)
        slips = self._slips(left, right)
        for word, twin, worth in slips:
            left.discard(word)
            right.discard(twin)
            gained += worth
        numbers = [any(word.isdigit() for word in side) for side in (left, right)]
        contrary = self._comparison.numbers_must_agree and all(numbers)
        lost = self._lost(left, right) + (_CONTRARY_NUMBERS if contrary else 0)
        bits = max(min(gained, self._comparison.most) - lost, self._comparison.differs)
        if contrary or bits <= 0:
            return "differs", bits
        if self._comparison.numbers_must_agree and any(numbers):
            return "partly", bits
        return ("alike" if slips else "same"), bits

    def _rarity(self, word: str) -> float:
        return self._census.rarity(Term(self._comparison.name, word).number)

    def _slips(self, left: set[str], right: set[str]) -> list[tuple[str, str, float]]:
        """Words that are the same but for a slip of the pen, and what each pair is worth."""
        discount = self._comparison.alike
        if discount is None or not left or not right:
            return []
        found: list[tuple[str, str, float]] = []
        free = sorted(right)
        for word in sorted(left):
            twin = next((other for other in free if are_alike(word, other)), None)
            if twin is not None:
                free.remove(twin)
                worth = min(self._rarity(word), self._rarity(twin)) - discount
                found.append((word, twin, max(0.0, worth)))
        return found

    def _lost(self, left: set[str], right: set[str]) -> float:
        """What words that only one side has take away."""
        sides = [sum(self._rarity(word) for word in side) for side in (left, right)]
        less, more = min(sides), max(sides)
        return _OPPOSED * less + _ONE_SIDED * (more - less)


@lru_cache(maxsize=65536)
def are_alike(one: str, other: str) -> bool:
    """True when one may be the other with a slip of the pen, or by ear."""
    if one.isdigit() and other.isdigit():
        return min(len(one), len(other)) >= _SHORTEST_NUMBER_ALIKE and _one_slip(one, other)
    if one.isascii() and other.isascii():
        if min(len(one), len(other)) < _SHORTEST_ALIKE:
            return False
        return JaroWinkler.similarity(one, other) >= _ALIKE
    return _sounds_alike(one, other)


def _one_slip(one: str, other: str) -> bool:
    return DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1


def _sounds_alike(one: str, other: str) -> bool:
    if len(one) >= _SHORTEST_ALIKE and _one_slip(one, other):
        return True
    return len(one) == len(other) > 1 and _sound(one) == _sound(other)


@lru_cache(maxsize=65536)
def _sound(word: str) -> tuple[str, ...]:
    return tuple(syllables(word))

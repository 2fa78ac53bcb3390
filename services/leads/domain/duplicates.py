"""Pairs of records that may be one party, and what people decide about them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Self, cast
from uuid import UUID

from services.leads.domain.matching.census import Census
from services.leads.domain.matching.fields import Fields
from services.leads.domain.matching.portrait import Portrait, portray
from services.leads.domain.matching.rules import DuplicateRules
from services.leads.domain.matching.weighing import Verdict, weigh

SubjectKind = Literal["lead", "customer", "contact"]
PairState = Literal["open", "later", "merged", "distinct"]


class Subject(NamedTuple):
    """A record that may have a duplicate."""

    kind: SubjectKind
    id: UUID

    @property
    def name(self) -> str:
        """Kind and id in one text; see `named`."""
        return f"{self.kind} {self.id}"

    @classmethod
    def named(cls, name: str) -> Self:
        """The subject of this name."""
        kind, _, number = name.partition(" ")
        return cls(cast("SubjectKind", kind), UUID(number))


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record as it is looked at."""

    subject: Subject
    fields: Fields
    related: frozenset[UUID] = frozenset()
    """Records that come of it or that it comes of: they agree because they were copied."""
    is_over: bool = False
    """Nothing more can be done with it, so nobody needs to be asked about it."""


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """Two records, the first before the second in a fixed order, and what was found."""

    one: Subject
    other: Subject
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules in force, and the version that a pair will name."""

    version: int
    rules: DuplicateRules
    finding: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        names = (each.name for each in self.rules.comparisons if each.finds)
        object.__setattr__(self, "finding", frozenset(names))

    def portrait(self, record: Record) -> Portrait:
        """The record as the rules see it."""
        return portray(record.fields, rules=self.rules)

    def portraits(self, records: Iterable[Record]) -> dict[Subject, Portrait]:
        """Records as the rules see them."""
        return {record.subject: self.portrait(record) for record in records}

    def split(self, portrait: Portrait) -> tuple[list[int], list[int]]:
        """The numbers of the terms that find records, and of those that only weigh."""
        terms = {term.number: term.comparison in self.finding for term in portrait.terms()}
        return (
            sorted(number for number, finds in terms.items() if finds),
            sorted(number for number, finds in terms.items() if not finds),
        )


def suspect(
    records: Mapping[Subject, Record],
    portraits: Mapping[Subject, Portrait],
    pairs: Sequence[tuple[Subject, Subject]],
    *,
    census: Census,
    rules: Rules,
) -> Iterator[Suspicion]:
    """Those of the pairs that people or the rules take for one party."""
    for one, other in sorted({(min(pair), max(pair)) for pair in pairs}):
        if not _worth_asking(records.get(one), records.get(other)):
            continue
        verdict = weigh(portraits[one], portraits[other], census=census, rules=rules.rules)
        if verdict.decision != "ignore":
            yield Suspicion(one=one, other=other, verdict=verdict)


def _worth_asking(one: Record | None, other: Record | None) -> bool:
    if one is None or other is None or one.subject == other.subject:
        return False
    if other.subject.id in one.related or one.subject.id in other.related:
        return False
    return not (one.is_over and other.is_over)

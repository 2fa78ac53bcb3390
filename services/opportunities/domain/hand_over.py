"""A hand-over: what somebody has goes to others, in one act that is complete or not at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.opportunities.domain.ownership import Owner
from shared.aggregate import advance
from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import HandOverCompleted, Received
from shared.refusals import Conflict, FieldError, Invalid
from shared.rules import Environment, InvalidExpression, Rule, RuleFailed

RECORD = Environment(
    {"kind": "string", "region": "string", "industry": "string", "company": "string"}
)
"""What a share may ask of a record; `kind` is lead, customer or opportunity."""
Kind = Literal["lead", "customer", "opportunity", "customer_line"]
PLURAL = {
    "lead": "leads",
    "customer": "customers",
    "opportunity": "opportunities",
    "customer_line": "customer_lines",
}


class NobodyTakesIt(Conflict):
    """Nobody is to take the {kind} {subject_id}; nothing was handed over.

    Add a share whose `when` is true for the rest.
    """


class SharesWillNotDo(Invalid):
    """Some conditions of these shares cannot be understood.

    Correct what `errors` names.
    """


class NothingToGiveBack(Conflict):
    """Only a hand-over that is done is given back, and once."""


class HandOverToOneself(Conflict):
    """Nobody hands over to themselves."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """Who takes which records, and how many in proportion to the others."""

    person_id: UUID
    weight: int = 1
    when: str = "true"


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """What was asked for, and what came of it."""

    id: UUID
    from_id: UUID
    unit_id: UUID
    shares: tuple[Share, ...]
    kinds: tuple[SubjectKind, ...]
    reason: str
    leaves: bool = False
    """Whether the giver's account is closed in the same act."""
    returns_id: UUID | None = None
    """The hand-over that this one gives back."""
    state: Literal["queued", "done", "refused"] = "queued"
    problem: str = ""
    records: int = 0
    asked_by: UUID
    asked_at: datetime
    done_at: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class Record:
    """One thing that changes hands, with what a share may ask of it."""

    id: UUID
    kind: Kind
    subject_id: UUID
    customer_id: UUID | None
    product_line: str = ""
    region: str = ""
    industry: str = ""
    company: str = ""

    @property
    def facts(self) -> Mapping[str, str]:
        """As the conditions of shares read it."""
        kind = "customer" if self.kind == "customer_line" else self.kind
        told = {"region": self.region, "industry": self.industry, "company": self.company}
        return {"kind": kind, **told}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that changed hands."""

    record: Record
    from_id: UUID
    to_id: UUID


@dataclass(kw_only=True)
class Split:
    """Decides record after record; all of one customer go to one person.

    Shares are kept by what each is owed, as routing does (`turns`), so that every stretch is nearly fair.
    """

    shares: Sequence[tuple[Share, Rule]]
    _owed: dict[int, int] = field(default_factory=dict)
    _of_customers: dict[UUID, UUID] = field(default_factory=dict)

    @classmethod
    def of(cls, shares: Sequence[Share]) -> "Split":
        """Raises `SharesWillNotDo` for conditions that cannot be understood."""
        read: list[tuple[Share, Rule]] = []
        errors: list[FieldError] = []
        for number, share in enumerate(shares):
            try:
                read.append((share, RECORD.compile(share.when)))
            except InvalidExpression as invalid:
                errors.append(FieldError(pointer=f"/to/{number}/when", reason=str(invalid)))
        if errors:
            raise SharesWillNotDo(errors=tuple(errors))
        return cls(shares=read)

    def choose(self, record: Record) -> UUID:
        """Who takes it; raises `NobodyTakesIt`."""
        if record.customer_id and record.customer_id in self._of_customers:
            return self._of_customers[record.customer_id]
        able = [at for at, (_, when) in enumerate(self.shares) if _applies(when, record)]
        if not able:
            raise NobodyTakesIt(kind=record.kind, subject_id=record.subject_id)
        for at in able:
            self._owed[at] = self._owed.get(at, 0) + self.shares[at][0].weight
        chosen = max(able, key=lambda at: (self._owed[at], -at))
        self._owed[chosen] -= sum(self.shares[at][0].weight for at in able)
        person_id = self.shares[chosen][0].person_id
        if record.customer_id is not None:
            self._of_customers[record.customer_id] = person_id
        return person_id


def _applies(when: Rule, record: Record) -> bool:
    """A condition that has no value for a record is not for it."""
    try:
        return bool(when.evaluate(record.facts))
    except RuleFailed:
        return False


def complete(
    asked: HandOver, items: Sequence[Item], *, now: datetime
) -> tuple[HandOver, Sequence[HandOverCompleted]]:
    """Everything has changed hands."""
    counted = Counter((item.to_id, PLURAL[item.record.kind]) for item in items)
    people = sorted({item.to_id for item in items})
    received = tuple(
        Received(
            person_id=person_id, **{kind: counted[person_id, kind] for kind in PLURAL.values()}
        )
        for person_id in people
    )
    said = HandOverCompleted(
        hand_over_id=asked.id,
        from_person_id=asked.from_id,
        received=received,
        asked_by=asked.asked_by,
        completed_at=now,
    )
    return advance(asked, said, state="done", records=len(items), done_at=now)


def refuse(asked: HandOver, problem: str, *, now: datetime) -> HandOver:
    """Nothing has changed hands, and this is why."""
    return replace(asked, state="refused", problem=problem, done_at=now)


def give_back(done: HandOver, *, id: UUID, reason: str, by: UUID, now: datetime) -> HandOver:
    """Ask that what the others still have goes back to whoever gave it."""
    if done.state != "done" or done.returns_id is not None:
        raise NothingToGiveBack
    return HandOver(
        id=id,
        from_id=done.from_id,
        unit_id=done.unit_id,
        shares=(Share(person_id=done.from_id),),
        kinds=done.kinds,
        reason=reason,
        returns_id=done.id,
        asked_by=by,
        asked_at=now,
    )


def owners_of(shares: Sequence[Share], known: Mapping[UUID, Owner]) -> Sequence[UUID]:
    """Those among the takers who are not there to take anything."""
    return [share.person_id for share in shares if share.person_id not in known]

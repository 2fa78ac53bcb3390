"""撞单: a new deal meets what somebody else has, and is held until it is ruled whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.aggregate import advance
from shared.contracts.opportunities import CollisionAppealed, CollisionOpened, CollisionRuled
from shared.refusals import Conflict

State = Literal["open", "ruled", "appealed"]
Outcome = Literal["newcomer", "incumbent", "both"]
Events = Sequence[CollisionOpened | CollisionRuled | CollisionAppealed]


class DealIsHeld(Conflict):
    """The deal meets what somebody else has, and does not move before that is ruled on: collision {collision_id}.

    Read GET /collisions/{collision_id}. It can always be closed as lost.
    """


class AlreadyRuled(Conflict):
    """It is ruled on already.

    One of the sides may appeal: POST /collisions/{collision_id}/appeal.
    """


class RuledByTheSame(Conflict):
    """Whoever ruled does not rule on the appeal."""


class NotASide(Conflict):
    """Only those whose deals or registrations meet can appeal."""


class RulesOnTheirOwn(Conflict):
    """Nobody rules about what is their own.

    Somebody else who sees both sides, or a named arbiter, may.
    """


class TooLateToAppeal(Conflict):
    """The ruling stands since {until}."""


@dataclass(frozen=True, kw_only=True)
class CollisionPolicy:
    """What meets what, how long a registration protects, and who decides."""

    window: timedelta = timedelta(days=90)
    """How far back a deal was opened that a new one meets; zero for never."""
    by_product_line: bool = True
    protects_for: timedelta = timedelta(days=90)
    extends_by: timedelta = timedelta(days=30)
    extensions: int = 1
    ruled_by: Literal["arbiter", "registration_first"] = "arbiter"
    """`registration_first`: whoever has registered it first wins at once."""
    arbiters: tuple[UUID, ...] = ()
    """Who may rule; nobody named is every manager and operator who sees both sides."""
    appeal_within: timedelta = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Side:
    """Something that somebody has: a deal or a registration."""

    kind: Literal["opportunity", "registration"]
    id: UUID
    owner_id: UUID
    unit_id: UUID


@dataclass(frozen=True, kw_only=True)
class Collision:
    """A newcomer, what it meets, and what was ruled."""

    id: UUID
    deal_id: UUID
    other_kind: Literal["opportunity", "registration"]
    other_id: UUID
    customer_id: UUID
    product_line: str
    region: str = ""
    industry: str = ""
    owner_id: UUID
    unit_id: UUID
    other_owner_id: UUID
    other_unit_id: UUID
    state: State = "open"
    outcome: Outcome | None = None
    reason: str = ""
    ruled_by: UUID | None = None
    ruled_at: datetime | None = None
    appeal: str = ""
    appealed_by: UUID | None = None
    opened_at: datetime
    sequence: int = 0


def meet(found: Collision) -> tuple[Collision, Events]:
    """The newcomer is held from now on."""
    said = CollisionOpened(
        collision_id=found.id,
        opportunity_id=found.deal_id,
        other_kind=found.other_kind,
        other_id=found.other_id,
        customer_id=found.customer_id,
        product_line=found.product_line,
        unit_id=found.unit_id,
        other_unit_id=found.other_unit_id,
        opened_at=found.opened_at,
    )
    return advance(found, said)


def rule(
    held: Collision, *, outcome: Outcome, reason: str, by: UUID | None, now: datetime
) -> tuple[Collision, Events]:
    """Say whose it is."""
    if held.state == "ruled":
        raise AlreadyRuled(collision_id=held.id)
    if by in (held.owner_id, held.other_owner_id):
        raise RulesOnTheirOwn
    if held.state == "appealed" and by == held.ruled_by:
        raise RuledByTheSame
    said = CollisionRuled(
        collision_id=held.id,
        opportunity_id=held.deal_id,
        outcome=outcome,
        ruled_by=by,
        ruled_at=now,
    )
    return advance(
        held, said, state="ruled", outcome=outcome, reason=reason, ruled_by=by, ruled_at=now
    )


def appeal(
    held: Collision, *, reason: str, by: UUID, policy: CollisionPolicy, now: datetime
) -> tuple[Collision, Events]:
    """One side does not agree: somebody else rules again; once."""
    if held.state != "ruled" or held.ruled_at is None or held.appealed_by:
        raise TooLateToAppeal(until=held.ruled_at)
    if by not in (held.owner_id, held.other_owner_id):
        raise NotASide
    until = held.ruled_at + policy.appeal_within
    if now > until:
        raise TooLateToAppeal(until=until)
    said = CollisionAppealed(
        collision_id=held.id, opportunity_id=held.deal_id, appealed_by=by, appealed_at=now
    )
    return advance(held, said, state="appealed", appeal=reason, appealed_by=by)

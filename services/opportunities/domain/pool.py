"""The pool: leads that wait for whoever claims them first, and the rules of taking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.opportunities.domain import ownership
from services.opportunities.domain.ownership import (
    Assigned,
    Owner,
    Ownership,
    Pooled,
    SubjectClosed,
)
from shared.ids import external_id
from shared.refusals import Conflict, Forbidden

LEAD_POOL = external_id("pool", "shangji", "leads")
"""The pool that is always there, open to the whole enterprise."""
LEAD_POOL_NAME = "leads"


class AlreadyOwned(Conflict):
    """Somebody else was faster.

    Read the pool again and claim another.
    """


class NotInPool(Conflict):
    """It waits in no pool, so it cannot be claimed.

    A manager can assign it: PUT /ownerships/{ownership}/owner.
    """


class HoldingCapReached(Conflict):
    """You hold {limit} open leads already, as many as one may.

    Close or return one before you claim another.
    """


class DailyCapReached(Conflict):
    """You have taken {limit} leads today, as many as one may in a day.

    Come back on the next day.
    """


class CoolingDown(Conflict):
    """You had this lead before; until {until} it is for your colleagues."""


class NotYourPool(Forbidden):
    """This pool serves another part of the enterprise."""


class NotPooled(Conflict):
    """Only leads can be returned to a pool; deals and customers are transferred."""


class NobodyHasIt(Conflict):
    """There is no owner who could return it."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Where leads wait; the members of its unit and of those below it may claim."""

    id: UUID
    name: str
    unit_id: UUID


@dataclass(frozen=True, kw_only=True)
class PoolPolicy:
    """How much one may take from a pool, how fast to act on it, and who has to stand back."""

    version: int
    holding_cap: int
    daily_cap: int
    cool_down: timedelta
    respond_within: timedelta


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """Who claims, what they have already, and what they may have by their own caps."""

    owner: Owner
    holds: int
    taken_today: int
    open_cap: int | None = None
    daily_cap: int | None = None


def claim(
    held: Ownership,
    *,
    by: Claimant,
    policy: PoolPolicy,
    respond_by: datetime,
    now: datetime,
) -> Assigned:
    """Take a lead out of the pool; the caps of the pool and of the person both hold."""
    if held.owner_id is not None:
        raise AlreadyOwned
    if held.pool_id is None:
        raise NotInPool(ownership=held.id)
    if not held.open:
        raise SubjectClosed
    may_hold = _lower(policy.holding_cap, by.open_cap)
    if by.holds >= may_hold:
        raise HoldingCapReached(limit=may_hold)
    may_take = _lower(policy.daily_cap, by.daily_cap)
    if by.taken_today >= may_take:
        raise DailyCapReached(limit=may_take)
    free_at = held.since + policy.cool_down
    if held.previous_owner_id == by.owner.person_id and now < free_at:
        raise CoolingDown(until=free_at)
    return ownership.assign(held, to=by.owner, reason="claimed", respond_by=respond_by, now=now)


def was_offered(held: Ownership) -> bool:
    """True for what waits in a pool or was claimed from one: that it is taken is no secret there."""
    return held.pool_id is not None or held.reasons == ("claimed",)


def give_back(held: Ownership, *, to: Pool, reason: str, now: datetime) -> Pooled:
    """Return a lead to the pool, with the reason its owner gives."""
    if held.subject_kind != "lead":
        raise NotPooled
    if held.owner_id is None:
        raise NobodyHasIt
    if not held.open:
        raise SubjectClosed
    return ownership.put_in_pool(held, pool_id=to.id, unit_id=to.unit_id, reason=reason, now=now)


def _lower(cap: int, own: int | None) -> int:
    return cap if own is None else min(cap, own)

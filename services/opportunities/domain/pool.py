"""Pools (公海): leads and customers that wait for whoever claims them first, and the rules of taking."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.opportunities.domain import ownership
from services.opportunities.domain.ownership import (
    Assigned,
    Owner,
    Ownership,
    Pooled,
    SubjectClosed,
)
from shared.aggregate import advance
from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import OwnershipRecycleWarned
from shared.ids import external_id
from shared.principals import ROOT_UNIT
from shared.refusals import Conflict, Forbidden

LEAD_POOL_NAME = "leads"
LEAD_POOL = external_id("pool", "shangji", LEAD_POOL_NAME)
"""The pool that is always there, open to the whole enterprise."""
UNTOUCHED = "untouched"
"""Why something came back by itself."""


def pool_id(name: str) -> UUID:
    """The id of the pool of this name."""
    return external_id("pool", "shangji", name)


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


class StillFresh(Conflict):
    """It has only just come here; everybody may claim it from {until} on."""


class NotYourPool(Forbidden):
    """This pool serves another part of the enterprise."""


class NotPooled(Conflict):
    """There is no pool for it: deals are transferred, and so are customers that no pool is for.

    A pool for customers is a configuration: POST /configurations/pool:customers.
    """


class HasOpenDeals(Conflict):
    """A customer with open deals stays with its owner.

    Close or hand on the deals first.
    """


class NobodyHasIt(Conflict):
    """There is no owner who could return it."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Where leads wait; the members of its unit and of those below it may claim."""

    id: UUID
    name: str
    unit_id: UUID


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a pool may ask of a lead or a customer."""

    kind: SubjectKind
    region: str = ""
    industry: str = ""
    level: str = ""
    product: str = ""
    grade: str = ""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a pool is for; nothing named is for everything."""

    regions: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()

    def fits(self, facts: Facts) -> bool:
        """Whether the record is one of those."""
        asked = (
            (self.regions, facts.region),
            (self.industries, facts.industry),
            (self.levels, facts.level),
            (self.products, facts.product),
            (self.grades, facts.grade),
        )
        return all(not named or value in named for named, value in asked)


@dataclass(frozen=True, kw_only=True)
class Recycling:
    """What nobody has followed up for so long comes back; its owner is warned before."""

    untouched_for: timedelta
    warned_before: timedelta


@dataclass(frozen=True, kw_only=True)
class PoolPolicy:
    """What a pool is for, how much one may take from it, how fast to act, and who has to stand back."""

    version: int
    name: str = LEAD_POOL_NAME
    subject: Literal["lead", "customer"] = "lead"
    unit_id: UUID = ROOT_UNIT
    only: Filter = Filter()
    fresh_lock: timedelta = timedelta(0)
    """Time after its arrival in which nobody can claim it."""
    recycling: Recycling | None = None
    exempt: frozenset[str] = frozenset()
    """Roles that no cap and no cool-down holds back."""
    holding_cap: int
    daily_cap: int
    cool_down: timedelta
    respond_within: timedelta

    @property
    def pool(self) -> Pool:
        """The pool itself."""
        return Pool(id=pool_id(self.name), name=self.name, unit_id=self.unit_id)


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """Who claims, what they have already, and what they may have by their own caps."""

    owner: Owner
    holds: int
    taken_today: int
    open_cap: int | None = None
    daily_cap: int | None = None
    exempt: bool = False


@dataclass(frozen=True, kw_only=True)
class Pools:
    """All pools, in the order in which they are asked, and what lies above each unit concerned."""

    policies: Sequence[PoolPolicy]
    above: Mapping[UUID, Collection[UUID]]

    def of(self, facts: Facts, unit_id: UUID) -> Pool | None:
        """Where such a record of a unit waits: the first pool that is for it, for leads else the one for all."""
        above = self.above.get(unit_id, ())
        for policy in self.policies:
            if policy.subject == facts.kind and policy.unit_id in above and policy.only.fits(facts):
                return policy.pool
        return None


def claim(
    held: Ownership,
    *,
    by: Claimant,
    policy: PoolPolicy,
    respond_by: datetime,
    now: datetime,
) -> Assigned:
    """Take something out of its pool; the caps of the pool and of the person both hold."""
    if held.owner_id is not None:
        raise AlreadyOwned
    if held.pool_id is None:
        raise NotInPool(ownership=held.id)
    if not held.open:
        raise SubjectClosed
    if not by.exempt:
        _refuse_over_caps(by, policy)
        _refuse_too_early(held, by, policy, now)
    return ownership.assign(held, to=by.owner, reason="claimed", respond_by=respond_by, now=now)


def _refuse_over_caps(by: Claimant, policy: PoolPolicy) -> None:
    may_hold = _lower(policy.holding_cap, by.open_cap)
    if by.holds >= may_hold:
        raise HoldingCapReached(limit=may_hold)
    may_take = _lower(policy.daily_cap, by.daily_cap)
    if by.taken_today >= may_take:
        raise DailyCapReached(limit=may_take)


def _refuse_too_early(held: Ownership, by: Claimant, policy: PoolPolicy, now: datetime) -> None:
    free_at = held.since + policy.cool_down
    if held.previous_owner_id == by.owner.person_id and now < free_at:
        raise CoolingDown(until=free_at)
    fresh_until = held.since + policy.fresh_lock
    if now < fresh_until:
        raise StillFresh(until=fresh_until)


def was_offered(held: Ownership) -> bool:
    """True for what waits in a pool or was claimed from one: that it is taken is no secret there."""
    return held.pool_id is not None or held.reasons == ("claimed",)


def give_back(held: Ownership, *, to: Pool, reason: str, now: datetime) -> Pooled:
    """Return it to a pool, with the reason its owner gives."""
    if held.owner_id is None:
        raise NobodyHasIt
    if not held.open:
        raise SubjectClosed
    return ownership.put_in_pool(held, pool_id=to.id, unit_id=to.unit_id, reason=reason, now=now)


def warn(
    held: Ownership, *, pool: Pool, recycled_at: datetime, now: datetime
) -> tuple[Ownership, Sequence[OwnershipRecycleWarned]]:
    """Tell its owner that it goes back soon."""
    if held.owner_id is None:
        return held, ()
    said = OwnershipRecycleWarned(
        ownership_id=held.id,
        subject_kind=held.subject_kind,
        subject_id=held.subject_id,
        owner_id=held.owner_id,
        unit_id=held.unit_id,
        pool_id=pool.id,
        recycled_at=recycled_at,
        warned_at=now,
    )
    return advance(held, said)


def _lower(cap: int, own: int | None) -> int:
    return cap if own is None else min(cap, own)

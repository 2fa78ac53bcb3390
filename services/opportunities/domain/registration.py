"""报备: somebody registers that they work on a customer or a project, and is protected for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from rapidfuzz import fuzz

from services.opportunities.domain.collision import CollisionPolicy, Side
from shared.aggregate import advance
from shared.contracts.opportunities import RegistrationChanged, RegistrationMade
from shared.refusals import Conflict

State = Literal["contested", "protected", "refused", "expired", "converted", "overruled"]
Events = Sequence[RegistrationMade | RegistrationChanged]
ALIKE = 88
"""From this likeness on, in percent, two names of projects mean the same one."""


class NotContested(Conflict):
    """There is nothing to decide about it: it is {state}."""


class NotProtected(Conflict):
    """Only a registration that protects is extended or used for a deal; this one is {state}."""


class NoMoreExtensions(Conflict):
    """It was extended {extensions} times already, as often as policy allows."""


class AnotherDeal(Conflict):
    """The deal is not of the one who registered, or with another customer."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Who works on what, and until when nobody else may."""

    id: UUID
    customer_id: UUID | None
    company_name: str
    company_core: str
    project: str
    product_line: str
    owner_id: UUID
    unit_id: UUID
    state: State = "protected"
    conflicts: tuple[tuple[str, UUID], ...] = ()
    protected_until: datetime | None = None
    extensions: int = 0
    opportunity_id: UUID | None = None
    decided_by: UUID | None = None
    decision: str = ""
    registered_at: datetime
    lead_id: UUID | None = None
    """The lead that it is about, if it is about one."""
    sequence: int = 0


def is_same_project(one: str, other: str) -> bool:
    """Whether two names mean one project, whatever the order of their words; no name is none."""
    return bool(one and other) and fuzz.token_sort_ratio(one.casefold(), other.casefold()) >= ALIKE


def register(
    wanted: Registration, *, met: Sequence[Side], policy: CollisionPolicy
) -> tuple[Registration, Events]:
    """It protects at once, unless it meets what somebody else has: then somebody decides."""
    others = [side for side in met if side.owner_id != wanted.owner_id]
    state: Literal["protected", "contested"] = "contested" if others else "protected"
    until = None if others else wanted.registered_at + policy.protects_for
    said = RegistrationMade(
        registration_id=wanted.id,
        customer_id=wanted.customer_id,
        lead_id=wanted.lead_id,
        product_line=wanted.product_line,
        owner_id=wanted.owner_id,
        unit_id=wanted.unit_id,
        state=state,
        protected_until=until,
        made_at=wanted.registered_at,
    )
    return advance(
        wanted,
        said,
        state=state,
        protected_until=until,
        conflicts=tuple((side.kind, side.id) for side in others),
    )


def decide(
    held: Registration,
    *,
    approve: bool,
    reason: str,
    policy: CollisionPolicy,
    by: UUID,
    now: datetime,
) -> tuple[Registration, Events]:
    """Let it protect although it meets something, or refuse it."""
    if held.state != "contested":
        raise NotContested(state=held.state)
    return _change(
        held,
        state="protected" if approve else "refused",
        until=now + policy.protects_for if approve else None,
        by=by,
        now=now,
        decided_by=by,
        decision=reason,
    )


def extend(
    held: Registration, *, policy: CollisionPolicy, by: UUID, now: datetime
) -> tuple[Registration, Events]:
    """Let it protect longer, as often as policy allows."""
    if held.state != "protected" or held.protected_until is None:
        raise NotProtected(state=held.state)
    if held.extensions >= policy.extensions:
        raise NoMoreExtensions(extensions=held.extensions)
    until = held.protected_until + policy.extends_by
    return _change(
        held, state="protected", until=until, by=by, now=now, extensions=held.extensions + 1
    )


def convert(
    held: Registration,
    *,
    opportunity_id: UUID,
    owner_id: UUID,
    customer_id: UUID | None,
    by: UUID,
    now: datetime,
) -> tuple[Registration, Events]:
    """A deal has come of it."""
    if held.state != "protected":
        raise NotProtected(state=held.state)
    if owner_id != held.owner_id or (held.customer_id and held.customer_id != customer_id):
        raise AnotherDeal
    return _change(
        held,
        state="converted",
        until=None,
        by=by,
        now=now,
        opportunity_id=opportunity_id,
    )


def end(
    held: Registration, *, state: Literal["expired", "overruled"], by: UUID | None, now: datetime
) -> tuple[Registration, Events]:
    """It protects no longer."""
    return _change(held, state=state, until=None, by=by, now=now)


def _change(
    held: Registration,
    *,
    state: State,
    until: datetime | None,
    by: UUID | None,
    now: datetime,
    **changes: object,
) -> tuple[Registration, Events]:
    said = RegistrationChanged(
        registration_id=held.id,
        state=state,
        protected_until=until,
        lead_id=held.lead_id,
        opportunity_id=changes.get("opportunity_id"),  # pyright: ignore[reportArgumentType] - an id
        changed_by=by,
        changed_at=now,
    )
    return advance(held, said, state=state, protected_until=until, **changes)

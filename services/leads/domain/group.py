"""Groups: which organisation stands below which, at any depth and never in a circle."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from services.leads.domain.customer import Customer, Events
from services.leads.domain.refusals import StandsAbove
from shared.aggregate import advance
from shared.contracts.leads import CustomerMoved

Line = Mapping[UUID, UUID | None]
"""What each organisation stands below; of a merged one, who goes on for it."""


def move(
    customer: Customer,
    parent_id: UUID | None,
    *,
    above: Line,
    by: UUID | None,
    history: bool = False,
    now: datetime,
) -> tuple[Customer, Events]:
    """It stands below another organisation from now on, or below none; `above` is the line over that one."""
    if parent_id == customer.parent_id:
        return customer, ()
    if parent_id is not None and customer.id in line(parent_id, above=above):
        raise StandsAbove(customer_id=customer.id, parent_id=parent_id)
    moved = CustomerMoved(
        customer_id=customer.id, parent_id=parent_id, moved_by=by, moved_at=now, history=history
    )
    customer, events = advance(customer, moved, parent_id=parent_id)
    return customer, events


def line(customer_id: UUID, *, above: Line) -> Iterator[UUID]:
    """An organisation and all that it stands below, from the lowest up."""
    seen: set[UUID] = set()
    here: UUID | None = customer_id
    while here is not None and here not in seen:
        yield here
        seen.add(here)
        here = above.get(here)

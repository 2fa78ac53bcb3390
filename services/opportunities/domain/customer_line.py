"""Who answers for one product line with a customer, beside whoever owns the customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.opportunities.domain.ownership import Owner
from shared.aggregate import advance
from shared.contracts.opportunities import (
    AnyCustomerLineEvent,
    CustomerLineAssigned,
    CustomerLineReleased,
)
from shared.ids import external_id
from shared.refusals import Invalid

Decision = tuple["CustomerLine", Sequence[AnyCustomerLineEvent]]


class UnknownProductLine(Invalid):
    """No product is of the line {product_line}.

    The lines are the `series` of the products that GET /products shows.
    """


@dataclass(frozen=True, kw_only=True)
class CustomerLine:
    """One product line with one customer; without an owner of its own it is the customer's owner's."""

    id: UUID
    customer_id: UUID
    product_line: str
    owner_id: UUID | None = None
    unit_id: UUID
    since: datetime
    sequence: int = 0


def customer_line_id(customer_id: UUID, product_line: str) -> UUID:
    """The id of the one row there is for both."""
    return external_id("customer_line", str(customer_id), product_line)


def assign(held: CustomerLine, *, to: Owner, by: UUID | None, now: datetime) -> Decision:
    """Give the line to somebody; whoever has it already simply keeps it."""
    if held.owner_id == to.person_id:
        return held, ()
    assigned = CustomerLineAssigned(
        customer_line_id=held.id,
        customer_id=held.customer_id,
        product_line=held.product_line,
        owner_id=to.person_id,
        unit_id=to.unit_id,
        previous_owner_id=held.owner_id,
        assigned_by=by,
        assigned_at=now,
    )
    return advance(held, assigned, owner_id=to.person_id, unit_id=to.unit_id, since=now)


def release(held: CustomerLine, *, by: UUID | None, now: datetime) -> Decision:
    """The line is the customer's owner's again; where it was theirs already, nothing happens."""
    if held.owner_id is None:
        return held, ()
    released = CustomerLineReleased(
        customer_line_id=held.id,
        customer_id=held.customer_id,
        product_line=held.product_line,
        previous_owner_id=held.owner_id,
        released_by=by,
        released_at=now,
    )
    return advance(held, released, owner_id=None, since=now)

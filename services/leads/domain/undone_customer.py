"""Taking back what an import did to a customer, unless somebody has gone on from there."""

from datetime import datetime
from uuid import UUID

from services.leads.domain import customer
from services.leads.domain.customer import Customer, Events
from services.leads.domain.taking_back import RecordTrace
from shared.aggregate import advance
from shared.contracts.leads import CustomerWithdrawn

BELONGS = (
    "a lead, a deal, a contact or another customer belongs to it, or somebody has worked on it"
)


def why_it_stays(held: Customer, trace: RecordTrace[Customer], *, alone: bool) -> str:
    """Why what the import did to the customer cannot be taken back; nothing when it can."""
    if held.merged_into is not None:
        return "it was joined with another customer since"
    if held.sequence != trace.after:
        return "it has changed since it was imported"
    if trace.before is None:
        return "" if alone else BELONGS
    if trace.before.parent_id != held.parent_id:
        return "the file gave it a place in a group, which stays"
    return ""


def withdraw(held: Customer, *, by: UUID, now: datetime) -> tuple[Customer, Events]:
    """The customer should never have been here; it comes back when its record is imported again."""
    withdrawn = CustomerWithdrawn(customer_id=held.id, withdrawn_by=by, withdrawn_at=now)
    return advance(held, withdrawn, withdrawn_at=now, parent_id=None)


def restore(held: Customer, before: Customer, *, now: datetime) -> tuple[Customer, Events]:
    """What is known of the customer is again as it was."""
    return customer.revise(
        held,
        before.facts,
        company_key=before.company_key,
        attributes=before.attributes,
        now=now,
    )

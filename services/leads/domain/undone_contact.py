"""Taking back what an import did to a contact, unless somebody has gone on from there."""

from datetime import datetime
from uuid import UUID

from services.leads.domain import contact
from services.leads.domain.contact import Contact, Events
from services.leads.domain.taking_back import RecordTrace
from shared.aggregate import advance
from shared.contracts.leads import ContactReinstated, ContactWithdrawn

BELONGS = "a lead or another contact belongs to them, or they speak for others too"


def why_it_stays(held: Contact, trace: RecordTrace[Contact], *, alone: bool) -> str:
    """Why what the import did to the contact cannot be taken back; nothing when it can."""
    if held.merged_into is not None:
        return "they were joined with another contact since"
    if held.sequence != trace.after:
        return "they have changed since they were imported"
    if trace.before is None:
        return "" if alone else BELONGS
    if dict(trace.before.roles) != dict(held.roles):
        return "the file said for whom they speak, which stays"
    return ""


def withdraw(held: Contact, *, by: UUID, now: datetime) -> tuple[Contact, Events]:
    """The contact should never have been here; they come back when their record is imported again."""
    withdrawn = ContactWithdrawn(contact_id=held.id, withdrawn_by=by, withdrawn_at=now)
    return advance(held, withdrawn, withdrawn_at=now)


def reinstate(held: Contact, *, now: datetime) -> tuple[Contact, Events]:
    """A contact whose file was taken back is one again when it comes once more."""
    if held.withdrawn_at is None:
        return held, ()
    back = ContactReinstated(contact_id=held.id, reinstated_at=now)
    return advance(held, back, withdrawn_at=None)


def restore(held: Contact, before: Contact, *, now: datetime) -> tuple[Contact, Events]:
    """What is known of the person is again as it was."""
    return contact.revise(held, before.person, attributes=before.attributes, now=now)

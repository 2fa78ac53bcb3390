"""Showing somebody's numbers and addresses to who is to call or write to them; each time is evidence."""

from uuid import UUID

from services.leads.domain.refusals import ContactNotFound, LeadNotFound, PersonNotYours
from services.leads.repository import persons
from services.leads.repository.persons import PersonKind, Reached
from shared import audit
from shared.db import Tx
from shared.principals import Principal


async def reveal_person(
    tx: Tx, *, kind: PersonKind, subject_id: UUID, purpose: str, by: Principal
) -> Reached:
    """The person as they are: for the owner and whoever has the deal; anybody else says what for."""
    is_seen = await persons.is_seen(tx, kind, subject_id)
    async with tx.as_service():
        standing = await persons.standing(tx, kind, subject_id, by.id)
        reached = await persons.person(tx, kind, subject_id)
    if reached is None or not (is_seen or standing == "deal"):
        raise not_found(kind, subject_id)
    if standing == "other" and not purpose:
        raise PersonNotYours
    await audit.record(
        tx,
        action="person.revealed",
        subject_kind=kind,
        subject_id=subject_id,
        after={"as": standing},
        why=purpose,
    )
    return reached


def not_found(kind: PersonKind, subject_id: UUID) -> LeadNotFound | ContactNotFound:
    """What is said of a record that is not there, or not for the caller."""
    return (
        LeadNotFound(lead_id=subject_id)
        if kind == "lead"
        else ContactNotFound(contact_id=subject_id)
    )

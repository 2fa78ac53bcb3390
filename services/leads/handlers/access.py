"""Telling a person what is held of them."""

from uuid import UUID

from services.leads.domain.erasure import Circle
from services.leads.handlers.erasure import circle_of
from services.leads.handlers.reveal import not_found
from services.leads.repository import persons
from services.leads.repository.persons import PersonKind
from shared import audit
from shared.db import Tx


async def open_records(tx: Tx, *, kind: PersonKind, subject_id: UUID, purpose: str) -> Circle:
    """All records of the person, to be copied for them; that somebody did so is kept."""
    if not await persons.is_seen(tx, kind, subject_id):
        raise not_found(kind, subject_id)
    async with tx.as_service():
        circle = await circle_of(tx, kind, subject_id)
    await audit.record(
        tx, action="person.bundled", subject_kind=kind, subject_id=subject_id, why=purpose
    )
    return circle

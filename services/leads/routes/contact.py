"""Contacts."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Query, Response

from services.leads.queries import contact as queries
from services.leads.schemas.contact import ContactOut
from shared.web import EVERYBODY, Page, PageParams, Tx, allow, door, etag

log = structlog.get_logger()

router = door.router(prefix="/contacts", tags=["contacts"], private=True)


@router.get("", dependencies=[allow(*EVERYBODY)])
async def list_contacts(
    tx: Tx, page: PageParams, customer_id: Annotated[UUID | None, Query()] = None
) -> Page[ContactOut]:
    """Contacts that you may see, of all customers or of one, the newest first."""
    return await queries.contact_page(tx, customer_id=customer_id, page=page)


@router.get("/{contact_id}", dependencies=[allow(*EVERYBODY)])
async def show_contact(contact_id: UUID, response: Response, tx: Tx) -> ContactOut:
    """One contact, with its ETag."""
    shown = await queries.contact(tx, contact_id)
    if not shown.masked:
        log.info("person_shown", contact_id=str(contact_id))
    etag(response, shown.sequence)
    return shown

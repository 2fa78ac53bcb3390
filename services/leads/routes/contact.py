"""Contacts, and for whom they speak."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Query, Response

from services.leads.handlers import contact as handlers
from services.leads.queries import contact as queries
from services.leads.schemas.contact import ContactIn, ContactOut, ContactPatch, RoleIn
from shared.web import EVERYBODY, IfMatch, Now, Page, PageParams, Tx, allow, door, etag

log = structlog.get_logger()

router = door.router(prefix="/contacts", tags=["contacts"], private=True)
WORKERS = allow("seller", "team_lead", "manager", "operator")


@router.post("", status_code=201, dependencies=[WORKERS])
async def add_contact(person: ContactIn, response: Response, tx: Tx, now: Now) -> ContactOut:
    """Write down who speaks for a customer."""
    added = await handlers.add_contact(
        tx,
        customer_id=person.customer_id,
        role=person.role,
        told=person.told,
        attributes=person.attributes,
        now=now,
    )
    return await show_contact(added.id, response, tx)


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


@router.patch("/{contact_id}", dependencies=[WORKERS])
async def revise_contact(
    contact_id: UUID, patch: ContactPatch, seen: IfMatch, response: Response, tx: Tx, now: Now
) -> ContactOut:
    """Correct what is known of a person; fields that are not sent stay as they are."""
    await handlers.revise_contact(
        tx,
        contact_id=contact_id,
        seen=seen,
        told=patch.told,
        attributes=patch.attributes,
        now=now,
    )
    return await show_contact(contact_id, response, tx)


@router.put("/{contact_id}/organisations/{customer_id}", dependencies=[WORKERS])
async def link_contact(
    contact_id: UUID, customer_id: UUID, wanted: RoleIn, response: Response, tx: Tx, now: Now
) -> ContactOut:
    """Let a person speak for an organisation as well, or in another role."""
    await handlers.link_contact(
        tx, contact_id=contact_id, customer_id=customer_id, role=wanted.role, now=now
    )
    return await show_contact(contact_id, response, tx)


@router.delete("/{contact_id}/organisations/{customer_id}", status_code=204, dependencies=[WORKERS])
async def unlink_contact(contact_id: UUID, customer_id: UUID, tx: Tx, now: Now) -> None:
    """A person does not speak for an organisation any more."""
    await handlers.unlink_contact(tx, contact_id=contact_id, customer_id=customer_id, now=now)

"""Persons: shown for a purpose, told what is held of them, and forgotten."""

from uuid import UUID

from fastapi import Response

from services.leads.handlers import access, erasure, reveal
from services.leads.queries import privacy as queries
from services.leads.schemas.privacy import (
    BundleIn,
    BundleOut,
    ErasureIn,
    ErasureOut,
    RevealIn,
    RevealOut,
)
from shared.web import Actor, Now, Page, PageParams, Tx, allow, door

leads = door.router(prefix="/leads", tags=["privacy"], remember=False)
contacts = door.router(prefix="/contacts", tags=["privacy"], remember=False)
bundles = door.router(prefix="/access-bundles", tags=["privacy"], remember=False)
erasures = door.router(prefix="/erasures", tags=["privacy"])
WORKERS = allow("seller", "team_lead", "manager", "operator")
KEEPERS = allow("operator")


@leads.post("/{lead_id}/reveal", dependencies=[WORKERS])
async def reveal_lead(lead_id: UUID, wanted: RevealIn, tx: Tx, actor: Actor) -> RevealOut:
    """How a lead is reached, to call or to write: yours, or that of a deal of yours, or for a purpose."""
    reached = await reveal.reveal_person(
        tx, kind="lead", subject_id=lead_id, purpose=wanted.purpose or "", by=actor
    )
    return RevealOut.of(reached)


@contacts.post("/{contact_id}/reveal", dependencies=[WORKERS])
async def reveal_contact(contact_id: UUID, wanted: RevealIn, tx: Tx, actor: Actor) -> RevealOut:
    """How a contact is reached, likewise."""
    reached = await reveal.reveal_person(
        tx, kind="contact", subject_id=contact_id, purpose=wanted.purpose or "", by=actor
    )
    return RevealOut.of(reached)


@bundles.post("", dependencies=[KEEPERS])
async def bundle_person(wanted: BundleIn, tx: Tx) -> BundleOut:
    """All that is held of a person, to be handed to them."""
    circle = await access.open_records(
        tx, kind=wanted.subject_kind, subject_id=wanted.subject_id, purpose=wanted.purpose
    )
    return await queries.bundle(tx, circle)


@erasures.post(
    "",
    status_code=202,
    responses={200: {"model": ErasureOut, "description": "Forgotten before"}},
    dependencies=[KEEPERS],
)
async def erase_person(wanted: ErasureIn, response: Response, tx: Tx, now: Now) -> ErasureOut:
    """Forget a person: at once wherever records refer to them, and soon wherever else they are named."""
    erasure_id, is_new = await erasure.erase_person(
        tx, kind=wanted.subject_kind, subject_id=wanted.subject_id, reason=wanted.reason, now=now
    )
    response.status_code = 202 if is_new else 200
    response.headers["Location"] = f"/erasures/{erasure_id}"
    return await queries.erasure(tx, erasure_id)


@erasures.get("", dependencies=[allow("operator", "auditor")])
async def list_erasures(tx: Tx, page: PageParams) -> Page[ErasureOut]:
    """Erasures, the latest first."""
    return await queries.erasures(tx, page)


@erasures.get("/{erasure_id}", dependencies=[allow("operator", "auditor")])
async def show_erasure(erasure_id: UUID, tx: Tx) -> ErasureOut:
    """One erasure: how far it has come, and once it is finished its certificate."""
    return await queries.erasure(tx, erasure_id)

"""Who has what, and why, over HTTP."""

from uuid import UUID

from fastapi import Response

from services.opportunities.handlers import ownership as handlers
from services.opportunities.handlers import pool
from services.opportunities.handlers import receipt as receipts
from services.opportunities.queries import ownership as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.fields import Reason
from services.opportunities.schemas.ownership import (
    NewOwner,
    OwnershipOut,
    ReceiptOut,
    Reevaluation,
    UnassignedOut,
)
from shared.contracts.base import SubjectKind
from shared.web import EVERYBODY, Now, Page, PageParams, Tx, allow, door, etag

router = door.router(tags=["ownership"])


@router.get("/ownerships", response_model=Page[OwnershipOut], dependencies=[allow(*EVERYBODY)])
async def list_ownerships(
    tx: Tx,
    page: PageParams,
    subject_kind: SubjectKind | None = None,
    subject_id: UUID | None = None,
    owner_id: UUID | None = None,
) -> Page[OwnershipOut]:
    """Who has what in your part of the organisation, the newest first."""
    items = await queries.page(
        tx, page, subject_kind=subject_kind, subject_id=subject_id, owner_id=owner_id
    )
    return page.page(items, sort=lambda item: (item.created_at, item.id))


@router.get(
    "/ownerships/{ownership_id}", response_model=OwnershipOut, dependencies=[allow(*EVERYBODY)]
)
async def get_ownership(ownership_id: UUID, tx: Tx, response: Response) -> OwnershipOut:
    """Where one lead, customer or deal stands."""
    held = found(await queries.one(tx, ownership_id))
    etag(response, held.sequence)
    return held


@router.put(
    "/ownerships/{ownership_id}/owner",
    response_model=OwnershipOut,
    dependencies=[allow("team_lead", "manager", "operator")],
)
async def transfer(ownership_id: UUID, body: NewOwner, tx: Tx, now: Now) -> OwnershipOut:
    """Hand it on to somebody in your part of the organisation, whoever or nobody has it now."""
    await handlers.transfer(
        tx, ownership_id=ownership_id, owner_id=body.owner_id, reason=body.reason, now=now
    )
    return found(await queries.one(tx, ownership_id))


@router.delete(
    "/ownerships/{ownership_id}/owner",
    status_code=204,
    dependencies=[allow("seller", "team_lead", "manager", "operator")],
)
async def return_to_pool(ownership_id: UUID, tx: Tx, now: Now, reason: Reason) -> None:
    """Return a lead to the pool, and say why."""
    await pool.give_back(tx, ownership_id=ownership_id, reason=reason, now=now)


@router.get(
    "/ownerships/{ownership_id}/receipts",
    response_model=list[ReceiptOut],
    dependencies=[allow(*EVERYBODY)],
)
async def list_receipts(ownership_id: UUID, tx: Tx) -> list[ReceiptOut]:
    """Why it went to whom: each choice with its inputs, candidates and exclusions."""
    return await queries.receipts(tx, ownership_id)


@router.get(
    "/receipts/{receipt_id}/reevaluation",
    response_model=Reevaluation,
    dependencies=[allow(*EVERYBODY)],
)
async def reevaluate(receipt_id: UUID, tx: Tx) -> Reevaluation:
    """Make a choice again from its receipt and the rules of its version."""
    return await receipts.reevaluate(tx, found(await queries.receipt(tx, receipt_id)))


@router.get(
    "/unassigned",
    response_model=Page[UnassignedOut],
    dependencies=[allow("team_lead", "manager", "operator", "auditor")],
)
async def list_unassigned(tx: Tx, page: PageParams) -> Page[UnassignedOut]:
    """What nobody could be given, with all the reasons."""
    items = await queries.unassigned(tx, page)
    return page.page(items, sort=lambda item: (item.created_at, item.id))

"""Who has what, and why, over HTTP."""

from uuid import UUID

from fastapi import Response
from pydantic import AwareDatetime

from services.opportunities.handlers import business_time, policies, pool
from services.opportunities.handlers import ownership as handlers
from services.opportunities.handlers import receipt as receipts
from services.opportunities.queries import ownership as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.fields import Reason
from services.opportunities.schemas.ownership import (
    Decline,
    Declined,
    Hold,
    LateOut,
    NewOwner,
    OwnershipOut,
    ReceiptOut,
    Reevaluation,
    ResponsesBy,
    ResponseTimes,
    UnassignedOut,
)
from shared.contracts.base import SubjectKind
from shared.web import EVERYBODY, Actor, Now, Page, PageParams, Tx, allow, door, etag

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


@router.put(
    "/ownerships/{ownership_id}/acceptance",
    response_model=OwnershipOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator")],
)
async def accept(ownership_id: UUID, tx: Tx, actor: Actor, now: Now) -> OwnershipOut:
    """Take on what you were given: it does not go to somebody else when time is up."""
    await handlers.accept(tx, ownership_id=ownership_id, by=actor, now=now)
    return found(await queries.one(tx, ownership_id))


@router.put(
    "/ownerships/{ownership_id}/hold",
    response_model=OwnershipOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator")],
)
async def hold(ownership_id: UUID, body: Hold, tx: Tx) -> OwnershipOut:
    """Let its clocks stand still until a day: it is neither passed on nor recycled before."""
    await pool.hold(tx, ownership_id=ownership_id, until=body.until, reason=body.reason)
    return found(await queries.one(tx, ownership_id))


@router.delete(
    "/ownerships/{ownership_id}/hold",
    status_code=204,
    dependencies=[allow("seller", "team_lead", "manager", "operator")],
)
async def resume(ownership_id: UUID, tx: Tx) -> None:
    """Let its clocks run again."""
    await pool.hold(tx, ownership_id=ownership_id, until=None, reason="")


@router.post(
    "/ownerships/{ownership_id}/declines",
    response_model=Declined,
    dependencies=[allow("seller", "team_lead", "manager", "operator")],
)
async def decline(ownership_id: UUID, body: Decline, tx: Tx, actor: Actor, now: Now) -> Declined:
    """Say why a lead is not for you; the next candidate has it, or it waits for one."""
    after = await handlers.decline(
        tx, ownership_id=ownership_id, reason=body.reason, by=actor, now=now
    )
    return Declined(ownership_id=after.id, assigned=after.owner_id is not None)


@router.get(
    "/response-times/late",
    response_model=Page[LateOut],
    dependencies=[allow("seller", "team_lead", "manager", "operator", "auditor")],
)
async def list_late(tx: Tx, page: PageParams, now: Now) -> Page[LateOut]:
    """What its owner should have acted on by now and has not, in your part of the organisation."""
    items = await queries.late(tx, page, now=now)
    return page.page(items, sort=lambda item: (item.respond_by, item.ownership_id))


@router.get(
    "/response-times",
    response_model=list[ResponseTimes],
    dependencies=[allow("team_lead", "manager", "operator", "auditor")],
)
async def show_response_times(
    tx: Tx, now: Now, since: AwareDatetime, until: AwareDatetime, by: ResponsesBy = "unit"
) -> list[ResponseTimes]:
    """How many responses were due in a time, how many came late, and how much of the error budget is left."""
    return await queries.response_times(
        tx,
        since=since,
        until=until,
        by=by,
        zone=(await business_time.calendar(tx)).zone,
        objective=(await policies.routing(tx)).objective,
        now=now,
    )


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

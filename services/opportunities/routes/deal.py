"""Opportunities over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.opportunities.domain.deal import OpportunityNotFound, Status
from services.opportunities.handlers import deal as handlers
from services.opportunities.queries import deal as queries
from services.opportunities.schemas.deal import (
    CloseOpportunity,
    MoveStage,
    OpenOpportunity,
    OpportunityOut,
    Timeline,
    UpdateOpportunity,
)
from shared.web import (
    EVERYBODY,
    Actor,
    IfMatch,
    Now,
    Page,
    PageParams,
    Tx,
    allow,
    door,
    etag,
)

router = door.router(prefix="/opportunities", tags=["opportunities"])

Filter = Annotated[str | None, Query(max_length=60)]


@router.post(
    "",
    status_code=201,
    response_model=OpportunityOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
async def open_opportunity(
    wanted: OpenOpportunity, tx: Tx, actor: Actor, now: Now, response: Response
) -> OpportunityOut:
    """Open a deal for a customer, in the first stage of a pipeline."""
    deal = await handlers.open_opportunity(tx, wanted=wanted, actor=actor, now=now)
    response.headers["Location"] = f"/opportunities/{deal.id}"
    return await _shown(tx, deal.id, response)


@router.get("", response_model=Page[OpportunityOut], dependencies=[allow(*EVERYBODY)])
async def list_opportunities(
    tx: Tx,
    page: PageParams,
    stage: Filter = None,
    status: Status | None = None,
    owner: UUID | None = None,
    unit: UUID | None = None,
    pipeline: Filter = None,
    customer: UUID | None = None,
    dealer: UUID | None = None,
) -> Page[OpportunityOut]:
    """The deals you may see, the latest first; a unit includes those below it."""
    deals = await queries.page(
        tx,
        stage=stage,
        status=status,
        owner_id=owner,
        unit_id=unit,
        pipeline=pipeline,
        customer_id=customer,
        dealer_id=dealer,
        after_at=page.value(0),
        after_id=page.value(1),
        limit=page.fetch,
    )
    return page.page(deals, sort=lambda deal: (deal.opened_at, deal.id))


@router.get("/{id}", response_model=OpportunityOut, dependencies=[allow(*EVERYBODY)])
async def show_opportunity(id: UUID, tx: Tx, response: Response) -> OpportunityOut:
    """One deal; its ETag is what If-Match takes."""
    return await _shown(tx, id, response)


@router.get("/{id}/timeline", response_model=Timeline, dependencies=[allow(*EVERYBODY)])
async def show_timeline(id: UUID, tx: Tx, response: Response) -> Timeline:
    """What happened to the deal and what was done about it, the newest first."""
    await _shown(tx, id, response)
    return Timeline(items=list(await queries.timeline(tx, id)))


@router.patch(
    "/{id}",
    response_model=OpportunityOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
async def update_opportunity(
    id: UUID,
    sent: UpdateOpportunity,
    if_match: IfMatch,
    tx: Tx,
    actor: Actor,
    now: Now,
    response: Response,
) -> OpportunityOut:
    """Correct an open deal; with `stage`, move it as well, through the same gate."""
    await handlers.update_opportunity(
        tx,
        id=id,
        expected=if_match,
        changes=sent.changes(),
        stage=sent.stage,
        reason=sent.reason,
        by=actor.id,
        now=now,
    )
    return await _shown(tx, id, response)


@router.put(
    "/{id}/stage",
    response_model=OpportunityOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
async def move_opportunity(
    id: UUID,
    move: MoveStage,
    if_match: IfMatch,
    tx: Tx,
    actor: Actor,
    now: Now,
    response: Response,
) -> OpportunityOut:
    """Move a deal to the next stage, or one step back with a reason."""
    await handlers.move_opportunity(
        tx,
        id=id,
        expected=if_match,
        to=move.stage,
        reason=move.reason,
        next_step=move.planned(),
        by=actor.id,
        now=now,
    )
    return await _shown(tx, id, response)


@router.put(
    "/{id}/outcome",
    response_model=OpportunityOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
async def close_opportunity(
    id: UUID,
    closing: CloseOpportunity,
    if_match: IfMatch,
    tx: Tx,
    actor: Actor,
    now: Now,
    response: Response,
) -> OpportunityOut:
    """Win or lose a deal, for a reason from its pipeline's list."""
    await handlers.close_opportunity(
        tx, id=id, expected=if_match, closing=closing, by=actor.id, now=now
    )
    return await _shown(tx, id, response)


async def _shown(tx: Tx, id: UUID, response: Response) -> OpportunityOut:
    shown = await queries.one(tx, id)
    if shown is None:
        raise OpportunityNotFound(opportunity_id=id)
    etag(response, shown.sequence)
    return shown

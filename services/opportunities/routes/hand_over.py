"""Handing over over HTTP."""

from functools import partial
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from services.opportunities.domain.hand_over import HandOver, Share
from services.opportunities.handlers import hand_over as handlers
from services.opportunities.queries import hand_over as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.hand_over import GivingBack, HandOverOut, NewHandOver
from shared import exports
from shared.exports import Export, FileForm
from shared.ids import new_id
from shared.web import Actor, Now, Page, PageParams, Tx, allow, door

router = door.router(prefix="/hand-overs", tags=["ownership"])
LEADING = allow("team_lead", "manager", "operator")
READING = allow("team_lead", "manager", "operator", "auditor")


@router.post("", status_code=202, response_model=HandOverOut, dependencies=[LEADING])
async def hand_over(
    body: NewHandOver, tx: Tx, actor: Actor, now: Now, response: Response
) -> HandOverOut:
    """Give everything that somebody has to others, in one act that is complete or not at all."""
    wanted = HandOver(
        id=new_id(),
        from_id=body.from_person_id,
        unit_id=actor.unit_id,
        shares=tuple(Share(**share.model_dump()) for share in body.to),
        kinds=body.kinds,
        reason=body.reason,
        leaves=body.leaves,
        asked_by=actor.id,
        asked_at=now,
    )
    asked = await handlers.ask(tx, wanted=wanted, by=actor)
    response.headers["Location"] = f"/hand-overs/{asked.id}"
    return found(await queries.one(tx, asked.id))


@router.post(
    "/{hand_over_id}/return", status_code=202, response_model=HandOverOut, dependencies=[LEADING]
)
async def give_back(
    hand_over_id: UUID, body: GivingBack, tx: Tx, actor: Actor, now: Now, response: Response
) -> HandOverOut:
    """Give back what the others still have: whoever they stood in for is here again."""
    found(await queries.one(tx, hand_over_id))
    asked = await handlers.ask_back(
        tx, hand_over_id=hand_over_id, reason=body.reason, by=actor, now=now
    )
    response.headers["Location"] = f"/hand-overs/{asked.id}"
    return found(await queries.one(tx, asked.id))


@router.get("", response_model=Page[HandOverOut], dependencies=[READING])
async def list_hand_overs(tx: Tx, page: PageParams) -> Page[HandOverOut]:
    """Hand-overs in your part of the organisation, the latest first."""
    items = await queries.page(tx, page)
    return page.page(items, sort=lambda item: (item.asked_at, item.id))


@router.get("/{hand_over_id}", response_model=HandOverOut, dependencies=[READING])
async def get_hand_over(hand_over_id: UUID, tx: Tx) -> HandOverOut:
    """What was asked for, and what came of it."""
    return found(await queries.one(tx, hand_over_id))


@router.get("/{hand_over_id}/items", dependencies=[READING], response_class=StreamingResponse)
async def export_items(
    hand_over_id: UUID, request: Request, tx: Tx, form: FileForm = "csv"
) -> StreamingResponse:
    """The list of what changed hands, from whom and to whom, as CSV or XLSX."""
    found(await queries.one(tx, hand_over_id))

    async def prepare() -> Export:
        read = partial(queries.items, hand_over_id=hand_over_id)
        return Export(columns=queries.COLUMNS, read=read)

    return exports.answer(request, name="hand-over", form=form, prepare=prepare)

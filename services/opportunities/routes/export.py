"""Deals as a file."""

from functools import partial
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from services.opportunities.queries import export as queries
from services.opportunities.schemas.deal import OpportunityExport
from shared import audit, exports
from shared.exports import Export
from shared.web import EVERYBODY, Actor, Tx, allow, door

router = door.router(prefix="/exports", tags=["exports"])


@router.get("/opportunities", dependencies=[allow(*EVERYBODY)], response_class=StreamingResponse)
async def export_opportunities(
    request: Request, tx: Tx, actor: Actor, wanted: Annotated[OpportunityExport, Query()]
) -> StreamingResponse:
    """All deals that you may see, as CSV or XLSX."""
    await audit.record(
        tx,
        action="opportunities.exported",
        subject_kind="person",
        subject_id=actor.id,
        after=wanted.model_dump(mode="json", exclude_none=True),
    )

    async def prepare() -> Export:
        custom = await exports.gathered(request, queries.custom_fields)
        read = partial(queries.opportunities, wanted=wanted, custom=custom)
        return Export(columns=queries.columns(custom), read=read)

    return exports.answer(request, name="opportunities", form=wanted.form, prepare=prepare)

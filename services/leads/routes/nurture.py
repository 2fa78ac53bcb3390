"""Leads that are not ready yet: which touches are due, and those that were made."""

from datetime import timedelta
from uuid import UUID

from services.leads.handlers import nurture as handlers
from services.leads.queries import nurture as queries
from services.leads.routes.lead import WORKERS
from services.leads.schemas.nurture import TouchOut
from shared.web import EVERYBODY, Now, Page, PageParams, Tx, allow, door

router = door.router(tags=["nurture"])


@router.get("/nurture/touches", dependencies=[allow(*EVERYBODY)])
async def list_due_touches(
    tx: Tx, page: PageParams, now: Now, within_days: int = 0
) -> Page[TouchOut]:
    """The next touch of leads that you may see, as far as it is due by then; the oldest first."""
    return await queries.touches(tx, page, due_before=now + timedelta(days=within_days))


@router.post("/leads/{lead_id}/touches", status_code=204, dependencies=[WORKERS])
async def note_touch(lead_id: UUID, tx: Tx) -> None:
    """The next planned touch has been made."""
    await handlers.note_touch(tx, lead_id=lead_id)

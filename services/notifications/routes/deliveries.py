"""What left the house, for those who run it."""

from uuid import UUID

from services.notifications import queries
from services.notifications.domain.delivery import State
from services.notifications.schemas import DeliveryOut
from shared.web import Actor, Page, PageParams, Tx, allow, door

router = door.router(prefix="/deliveries", tags=["deliveries"])


@router.get("", dependencies=[allow("operator", "auditor")])
async def list_deliveries(
    tx: Tx, actor: Actor, page: PageParams, state: State | None = None
) -> Page[DeliveryOut]:
    """Mail and robot messages to the people of one's units, newest first; `state=failed` are the dead."""
    notice_id, channel = page.value(0), page.value(1)
    found = await queries.deliveries(
        tx,
        scope=actor.scope,
        state=state,
        after=(notice_id, str(channel)) if isinstance(notice_id, UUID) else None,
        limit=page.fetch,
    )
    return page.page(found, sort=lambda delivery: (delivery.notice_id, delivery.channel))

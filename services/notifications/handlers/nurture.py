"""Touches that keep a lead warm."""

from collections.abc import Sequence

from services.notifications.domain.notice import Cause
from services.notifications.handlers import notices
from shared.consumer import Heard
from shared.contracts.leads import LeadTouchDue
from shared.db import Tx


async def remind_owners(tx: Tx, batch: Sequence[Heard[LeadTouchDue]]) -> None:
    """Tell whoever has the lead; who takes one from a pool sees the touch on the list."""
    told = [
        (_touch(heard), frozenset({heard.event.owner_id}))
        for heard in batch
        if heard.event.owner_id is not None
    ]
    await notices.place(tx, told, now=tx.now)


def _touch(heard: Heard[LeadTouchDue]) -> Cause:
    return Cause(
        id=heard.event_id,
        kind="touch_due",
        subject_kind="lead",
        subject_id=heard.event.lead_id,
        due_at=heard.event.due_at,
    )

"""Answering for deals whose conversion is undone: they go, or it is said why not."""

from collections.abc import Sequence
from datetime import datetime

from services.opportunities.domain.withdrawal import withdraw
from services.opportunities.handlers import business_time
from services.opportunities.repository import activity, copies
from services.opportunities.repository import deal as deals
from services.opportunities.repository import ownership as ownerships
from shared import outbox
from shared.consumer import Heard
from shared.contracts.leads import LeadConversionRecalled, LeadConversionUndone
from shared.db import Tx
from shared.ids import ownership_id


async def answer_recalls(
    tx: Tx, batch: Sequence[Heard[LeadConversionRecalled]], *, now: datetime
) -> None:
    """Whoever comes first, this or a move of the deal, has it their way: the deal's row decides."""
    recalls = {heard.event.opportunity_id: heard.event for heard in batch}
    # The ownership is locked before the deal, as a transfer and an activity do.
    owned = await ownerships.lock(tx, [ownership_id("opportunity", deal_id) for deal_id in recalls])
    found = await deals.lock_all(tx, list(recalls))
    worked_on = await activity.worked_on(tx, "opportunity", list(found))
    handed_on = {held.subject_id for held in owned.values() if held.sequence > 1}
    calendars = await business_time.calendars(tx, {deal.unit_id for deal in found.values()})

    decisions = [
        withdraw(
            deal,
            lead_id=recalls[deal.id].lead_id,
            worked_on=deal.id in worked_on,
            handed_on=deal.id in handed_on,
            by=recalls[deal.id].recalled_by,
            today=calendars[deal.unit_id].date_of(now),
            now=now,
        )
        for deal in found.values()
    ]

    await deals.save(tx, [deal for deal, _ in decisions])
    await outbox.append_all(tx, decisions, at=now)
    gone = [deal for deal, _ in decisions if deal.status == "withdrawn"]
    blank = [""] * len(gone)
    stages = [deal.stage for deal in gone]
    await deals.note_moves(
        tx, gone, kind="withdrawn", from_stages=stages, reasons=blank, by=None, at=now
    )


async def reopen_leads(tx: Tx, batch: Sequence[Heard[LeadConversionUndone]]) -> None:
    """Leads are worked on again, by whoever held them last."""
    lead_ids = [heard.event.lead_id for heard in batch]
    await copies.save_unconverted(tx, lead_ids)
    await copies.save_reopened(tx, dict.fromkeys(lead_ids, False))

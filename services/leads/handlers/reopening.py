"""Opening leads again that had come to an end."""

from datetime import datetime
from uuid import UUID

from services.leads.domain.lead import Lead
from services.leads.domain.reopening import reopen
from services.leads.handlers.announcing import announce
from services.leads.repository import lead as leads
from services.leads.repository import policy, returns
from shared import audit
from shared.db import Tx


async def reopen_lead(tx: Tx, *, lead_id: UUID, reason: str, by: UUID, now: datetime) -> Lead:
    """Work on a lead again; whoever held it last holds it still."""
    held = await leads.lock(tx, lead_id)
    scoring = await policy.scoring(tx)

    held, events, back = reopen(held, reason=reason, by=by, scoring=scoring, now=now)

    await leads.save_all(tx, [held])
    await returns.add(tx, back)
    await announce(tx, [(held, events)], now=now)
    await audit.record(
        tx,
        action="lead.reopened",
        subject_kind="lead",
        subject_id=lead_id,
        before={"state": back.ended_as, "reason": back.ended_for},
        why=reason,
    )
    return held

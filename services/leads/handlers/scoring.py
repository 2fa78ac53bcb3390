"""Judging leads again when time alone has changed their grade."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain.lead import judge
from services.leads.handlers.announcing import announce
from services.leads.repository import lead as leads
from services.leads.repository import policy
from shared.db import Tx


async def rescore_leads(tx: Tx, due: Sequence[UUID], *, now: datetime) -> None:
    """Score leads whose interest has cooled, and note when the next grade will be reached."""
    scoring = await policy.scoring(tx)
    held = await leads.lock_all(tx, due)

    judged = [judge(lead, scoring=scoring, now=now) for lead in held.values()]

    await leads.save_all(tx, [lead for lead, _ in judged])
    await announce(tx, judged, now=now)

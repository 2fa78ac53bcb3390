"""Saying what happened to leads: to the history of scores, and to the world."""

from collections.abc import Sequence
from datetime import datetime

from services.leads.domain.lead import Events, Lead
from services.leads.repository import score as scores
from shared import outbox
from shared.contracts.leads import LeadScored
from shared.db import Tx


async def announce(tx: Tx, changes: Sequence[tuple[Lead, Events]], *, now: datetime) -> None:
    """Keep every new score with its reasons, and hand all events to the relay."""
    scored = [event for _, events in changes for event in events if isinstance(event, LeadScored)]
    if scored:
        await scores.add_all(tx, scored)
    await outbox.append_all(tx, changes, at=now)

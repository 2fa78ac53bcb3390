"""Saying what happened to leads: to the history of scores, and to the world."""

from collections.abc import Sequence
from datetime import datetime

from services.leads.domain.lead import Events, Lead
from services.leads.repository import returns
from services.leads.repository import score as scores
from shared import outbox
from shared.contracts.leads import LeadReopened, LeadScored
from shared.db import Tx


async def announce(tx: Tx, changes: Sequence[tuple[Lead, Events]], *, now: datetime) -> None:
    """Keep every new score and every return with its reasons, and hand all events to the relay."""
    said = [event for _, events in changes for event in events]
    if scored := [event for event in said if isinstance(event, LeadScored)]:
        await scores.add_all(tx, scored)
    if reopened := [event for event in said if isinstance(event, LeadReopened)]:
        await returns.add_all(tx, reopened)
    await outbox.append_all(tx, changes, at=now)

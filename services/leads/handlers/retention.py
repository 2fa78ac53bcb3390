"""Letting go of what was sent long ago."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.leads.repository import retention as repository
from shared.audit import Entry, record_all
from shared.db import Tx


async def empty_submissions(tx: Tx, due: Sequence[UUID], *, now: datetime) -> None:
    """Forget the content of submissions; that they came, and what became of them, stays."""
    await repository.empty(tx, due, now=now)
    await record_all(
        tx,
        [
            Entry(
                action="submission.emptied",
                subject_kind="submission",
                subject_id=submission_id,
                why="The policy retention",
            )
            for submission_id in due
        ],
    )

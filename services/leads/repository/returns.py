"""Leads that came back, and how they had ended."""

from services.leads.domain.reopening import Return
from shared.db import Tx


async def add(tx: Tx, back: Return) -> None:
    """Keep how it had ended and why it is worked on again."""
    await tx.execute(
        """
        INSERT INTO lead_return
               (lead_id, ended_as, ended_for, reopened_for, reopened_by, reopened_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        back.lead_id,
        back.ended_as,
        back.ended_for,
        back.reopened_for,
        back.reopened_by,
        back.reopened_at,
    )

"""The history of scores."""

from collections.abc import Sequence

from shared.contracts.leads import LeadScored
from shared.db import Tx


async def add_all(tx: Tx, scores: Sequence[LeadScored]) -> None:
    """Keep scores with their reasons."""
    await tx.later(
        """
        INSERT INTO lead_score (lead_id, score, grade, reasons, rules_version, scored_at)
        SELECT lead_id, score, grade, reasons, rules_version, scored_at
          FROM jsonb_populate_recordset(NULL::lead_score, $1)
        """,
        [scored.model_dump(mode="json") for scored in scores],
    )

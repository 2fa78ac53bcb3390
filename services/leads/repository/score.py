"""The history of scores."""

from collections.abc import Mapping, Sequence

from shared.contracts.leads import LeadScored
from shared.db import Tx


async def add_all(tx: Tx, scores: Sequence[LeadScored]) -> None:
    """Keep scores with their reasons."""
    await tx.later(
        """
        INSERT INTO lead_score (lead_id, score, grade, reasons, rules_version, scored_at)
        SELECT lead_id, score, grade, reasons, rules_version, scored_at
          FROM json_populate_recordset(NULL::lead_score, $1)
        """,
        [_row(scored) for scored in scores],
    )


def _row(scored: LeadScored) -> Mapping[str, object]:
    return {
        "lead_id": scored.lead_id,
        "score": scored.score,
        "grade": scored.grade,
        "reasons": [{"rule": why.rule, "points": why.points} for why in scored.reasons],
        "rules_version": scored.rules_version,
        "scored_at": scored.scored_at,
    }

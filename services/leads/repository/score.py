"""The history of scores."""

from collections.abc import Sequence

from shared.contracts.leads import LeadScored
from shared.db import Tx


async def add_all(tx: Tx, scores: Sequence[LeadScored]) -> None:
    """Keep scores with their reasons."""
    await tx.execute(
        """
        INSERT INTO lead_score (lead_id, score, grade, reasons, rules_version, scored_at)
        SELECT lead_id, score, grade, reasons, rules_version, scored_at
          FROM unnest($1::uuid[], $2::float8[], $3::text[], $4::jsonb[], $5::int[],
                      $6::timestamptz[])
            AS new (lead_id, score, grade, reasons, rules_version, scored_at)
        """,
        [scored.lead_id for scored in scores],
        [scored.score for scored in scores],
        [scored.grade for scored in scores],
        [[reason.model_dump() for reason in scored.reasons] for scored in scores],
        [scored.rules_version for scored in scores],
        [scored.scored_at for scored in scores],
    )

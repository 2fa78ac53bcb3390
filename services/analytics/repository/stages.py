"""Stays of deals in stages."""

from services.analytics.repository import Facts
from shared.db import Tx


async def enter(tx: Tx, facts: Facts) -> None:
    """Deals enter the stage named, of the pipeline named or of the one they are in."""
    await tx.execute(
        """
        INSERT INTO stage_interval (
            opportunity_id, sequence, step, pipeline, stage, kind, probability, entered_at, left_at,
            known_at, left_known_at
        )
        SELECT heard.opportunity_id, heard.sequence, coalesce(heard.step, 0),
               coalesce(heard.pipeline, opportunity.pipeline), heard.stage, heard.kind,
               heard.probability, heard.entered_at, heard.left_at, heard.known_at,
               CASE WHEN heard.left_at IS NOT NULL THEN heard.known_at END
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, sequence int, step int, pipeline text, stage text, kind text,
            probability double precision, entered_at timestamptz, left_at timestamptz,
            known_at timestamptz
        )
        JOIN opportunity ON opportunity.opportunity_id = heard.opportunity_id
        """,
        facts,
    )


async def leave(tx: Tx, facts: Facts) -> None:
    """Deals leave the stage they are in."""
    await tx.execute(
        """
        UPDATE stage_interval
        SET left_at = heard.entered_at,
            left_known_at = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, entered_at timestamptz, known_at timestamptz
        )
        WHERE stage_interval.opportunity_id = heard.opportunity_id
          AND left_at IS NULL
          AND believed_until IS NULL
        """,
        facts,
    )


async def doubt(tx: Tx, facts: Facts) -> None:
    """What was believed of these deals' stays no longer holds: they were recorded anew."""
    await tx.execute(
        """
        UPDATE stage_interval
        SET believed_until = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (opportunity_id uuid, known_at timestamptz)
        WHERE stage_interval.opportunity_id = heard.opportunity_id
          AND believed_until IS NULL
        """,
        facts,
    )

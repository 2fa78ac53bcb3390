"""Touches: each time somebody came, and what led them here."""

from services.analytics.repository import Facts
from shared.db import Tx


async def add(tx: Tx, facts: Facts) -> None:
    """Somebody came, for the first time or again."""
    await tx.execute(
        """
        INSERT INTO touch (
            lead_id, sequence, channel, source, origin, campaign,
            utm_source, utm_medium, utm_campaign, click, touched_at, known_at
        )
        SELECT lead_id, sequence, channel, source, origin, campaign,
               coalesce(trail ->> 'utm_source', ''), coalesce(trail ->> 'utm_medium', ''),
               coalesce(trail ->> 'utm_campaign', ''), coalesce(trail ->> 'click', ''),
               coalesce(touched_at, captured_at), known_at
        FROM jsonb_to_recordset($1) AS heard (
            lead_id uuid, sequence int, channel text, source text, origin text, campaign text,
            trail jsonb, touched_at timestamptz, captured_at timestamptz, known_at timestamptz
        )
        """,
        facts,
    )

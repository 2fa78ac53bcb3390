"""Touches, as they are written together with what made them."""

from collections.abc import Sequence
from uuid import UUID

from services.leads.domain.touch import Touch
from shared.db import Tx


async def add_all(tx: Tx, touches: Sequence[Touch]) -> None:
    """Note that somebody came."""
    if not touches:
        return
    await tx.later(
        """
        INSERT INTO touch
               (lead_id, submission_id, channel, source, origin, campaign, trail, consent_version,
                touched_at)
        SELECT lead_id, submission_id, channel, source, origin, campaign, trail, consent_version,
               touched_at
          FROM jsonb_populate_recordset(NULL::touch, $1)
        """,
        [_row(touch) for touch in touches],
    )


async def replace_all(tx: Tx, submission_ids: Sequence[UUID], touches: Sequence[Touch]) -> None:
    """What these submissions were is now known better."""
    await tx.execute("DELETE FROM touch WHERE submission_id = ANY($1)", submission_ids)
    await add_all(tx, touches)


def _row(touch: Touch) -> dict[str, object]:
    return {
        "lead_id": touch.lead_id,
        "submission_id": touch.submission_id,
        "channel": touch.channel,
        "source": touch.source,
        "origin": touch.origin,
        "campaign": touch.campaign,
        "trail": touch.trail.model_dump(exclude_defaults=True),
        "consent_version": touch.consent_version,
        "touched_at": touch.touched_at,
    }

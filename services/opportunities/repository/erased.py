"""Words about leads and the deals that came of them, and the answers that repeat them."""

from collections.abc import Sequence
from uuid import UUID

from shared.db import Tx


async def forget_words(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """What was done, and when, is still known; in which words, is not."""
    await tx.execute(
        """
        UPDATE activity
           SET text = '', next_step = ''
         WHERE (subject_kind = 'lead' AND subject_id = ANY($1))
            OR (subject_kind = 'opportunity'
                AND subject_id IN (SELECT id FROM deal WHERE lead_id = ANY($1)))
        """,
        lead_ids,
    )
    await tx.execute("UPDATE deal SET next_step = '' WHERE lead_id = ANY($1)", lead_ids)
    await tx.execute(
        """
        UPDATE deal_move
           SET reason = ''
         WHERE deal_id IN (SELECT id FROM deal WHERE lead_id = ANY($1))
        """,
        lead_ids,
    )
    await tx.execute(
        """
        WITH known AS (
            SELECT unnest($1::uuid[]) AS id
             UNION
            SELECT id FROM deal WHERE lead_id = ANY($1)
        ), shown AS MATERIALIZED (
            SELECT DISTINCT principal, scope, key, convert_from(body, 'UTF8')::jsonb AS said
              FROM idempotency
              JOIN known ON position(convert_to(known.id::text, 'UTF8') IN body) > 0
             WHERE status < 300
               AND substr(body, 1, 1) = '{'
        )
        UPDATE idempotency AS held
           SET body = convert_to(
                   (said || (SELECT coalesce(jsonb_object_agg(name, ''), '{}')
                               FROM jsonb_object_keys(said) AS name
                              WHERE name IN ('text', 'next_step', 'reason', 'name')))::text, 'UTF8')
          FROM shown
         WHERE held.principal = shown.principal
           AND held.scope = shown.scope
           AND held.key = shown.key
        """,
        lead_ids,
    )

"""The report over touches: what the first, or the last, thing that led somebody here has brought."""

from services.analytics.domain.reports import Question
from services.analytics.schemas import ReportRow, named
from shared.db import Tx


async def attribution(tx: Tx, question: Question) -> list[ReportRow]:
    """Leads captured in the period by one of their touches, and the deals that came of them.

    The last touch is the last one before the lead's first deal was won. Touches and deals of a lead
    that was merged count for the one that goes on.
    """
    which, _, what = question.by.partition("_")
    rows = await tx.fetch(
        """
        WITH road AS (
            SELECT lead_id, won_at
            FROM lead_road
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND ($4::timestamptz IS NULL OR captured_at >= $4)
              AND ($5::timestamptz IS NULL OR captured_at < $5)
        ), told AS (
            SELECT coalesce(lead.merged_into, touch.lead_id) AS lead_id,
                   CASE $8::text
                       WHEN 'source' THEN touch.source
                       WHEN 'origin' THEN touch.origin
                       WHEN 'channel' THEN touch.channel
                       WHEN 'campaign' THEN touch.campaign
                       WHEN 'utm_source' THEN touch.utm_source
                       WHEN 'utm_medium' THEN touch.utm_medium
                       WHEN 'utm_campaign' THEN touch.utm_campaign
                       WHEN 'click' THEN touch.click
                   END AS value,
                   CASE $7::text WHEN 'first' THEN 1 ELSE -1 END
                       * extract(epoch FROM touch.touched_at) AS place,
                   CASE $7 WHEN 'first' THEN 1 ELSE -1 END * touch.sequence AS turn,
                   touch.touched_at
            FROM touch
            LEFT JOIN lead ON lead.lead_id = touch.lead_id
            WHERE touch.touched_at < coalesce($6::timestamptz, 'infinity')
        ), chosen AS (
            SELECT DISTINCT ON (road.lead_id) road.lead_id, told.value
            FROM road
            JOIN told
              ON told.lead_id = road.lead_id
             AND told.touched_at <= coalesce(road.won_at, 'infinity')
            ORDER BY road.lead_id, told.place, told.turn
        ), brought AS (
            SELECT coalesce(lead.merged_into, deal.lead_id) AS lead_id,
                   count(*) AS deals,
                   count(*) FILTER (WHERE is_won) AS won,
                   sum(amount) FILTER (WHERE is_won) AS won_value
            FROM (
                SELECT lead_id,
                       amount,
                       status = 'won' AND ($9::date IS NULL OR closed_on <= $9) AS is_won
                FROM opportunity
                WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
                  AND lead_id IS NOT NULL
                  AND status IS NOT NULL
                  AND ($9 IS NULL OR engaged_on <= $9)
                  AND ($10::text IS NULL OR pipeline = $10)
            ) AS deal
            LEFT JOIN lead ON lead.lead_id = deal.lead_id
            GROUP BY 1
        )
        SELECT coalesce(nullif(chosen.value, ''), '(blank)') AS value,
               count(*) AS leads,
               coalesce(sum(deals), 0)::int AS deals,
               coalesce(sum(won), 0)::int AS won,
               coalesce(sum(won_value), 0)::float8 AS won_value
        FROM road
        LEFT JOIN chosen ON chosen.lead_id = road.lead_id
        LEFT JOIN brought ON brought.lead_id = road.lead_id
        GROUP BY 1
        ORDER BY 1
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.begins_at,
        question.ends_at,
        question.looks_back_to,
        which,
        what,
        question.as_of,
        question.pipeline,
    )
    return [named(question.by, dict(row)) for row in rows]

"""Reports over leads: what became of those who came to us."""

from services.analytics.domain.business_day import BUSINESS_ZONE
from services.analytics.domain.reports import LEAD_FUNNEL, Question
from services.analytics.schemas import ReportRow, named
from shared.db import Tx


async def conversion(tx: Tx, question: Question) -> list[ReportRow]:
    """All leads captured in the period in one row, and how many became a deal."""
    rows = await tx.fetch(
        """
        SELECT leads,
               converted,
               coalesce(round(converted::numeric / nullif(leads, 0), 6), 0)::float8 AS rate
        FROM (
            SELECT count(*) AS leads,
                   count(*) FILTER (
                       WHERE became_deal_at < coalesce($6::timestamptz, 'infinity')
                   ) AS converted
            FROM lead_road
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND ($4::timestamptz IS NULL OR captured_at >= $4)
              AND ($5::timestamptz IS NULL OR captured_at < $5)
        ) AS counted
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.begins_at,
        question.ends_at,
        question.looks_back_to,
    )
    return [dict(row) for row in rows]


async def conversion_by(tx: Tx, question: Question) -> list[ReportRow]:
    """Leads captured in the period by one dimension, and how many became a deal.

    A lead that has several tags is counted under each of them.
    """
    rows = await tx.fetch(
        """
        SELECT value,
               leads,
               converted,
               round(converted::numeric / leads, 6)::float8 AS rate
        FROM (
            SELECT coalesce(nullif(said.value, ''), '(blank)') AS value,
                   count(*) AS leads,
                   count(*) FILTER (
                       WHERE became_deal_at < coalesce($6::timestamptz, 'infinity')
                   ) AS converted
            FROM lead_road
            CROSS JOIN LATERAL unnest(
                CASE WHEN $7::text = 'tag' AND tags <> '{}' THEN tags
                     ELSE ARRAY[CASE $7
                                    WHEN 'source' THEN source
                                    WHEN 'origin' THEN origin
                                    WHEN 'channel' THEN channel
                                    WHEN 'campaign' THEN campaign
                                    WHEN 'region' THEN region
                                    WHEN 'industry' THEN industry
                                    WHEN 'grade' THEN grade
                                    WHEN 'do_not_email'
                                        THEN CASE WHEN do_not_email THEN 'Yes' ELSE 'No' END
                                    WHEN 'do_not_call'
                                        THEN CASE WHEN do_not_call THEN 'Yes' ELSE 'No' END
                                    WHEN 'month'
                                        THEN to_char(captured_at AT TIME ZONE $8::text, 'YYYY-MM')
                                END]
                END
            ) AS said (value)
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND ($4::timestamptz IS NULL OR captured_at >= $4)
              AND ($5::timestamptz IS NULL OR captured_at < $5)
            GROUP BY 1
        ) AS counted
        ORDER BY value
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.begins_at,
        question.ends_at,
        question.looks_back_to,
        question.by,
        BUSINESS_ZONE,
    )
    return [named(question.by, dict(row)) for row in rows]


async def lead_funnel(tx: Tx, question: Question) -> list[ReportRow]:
    """The road of the leads captured in the period: captured, qualified, converted, won.

    Who skipped a step has passed it: a lead made a deal without being qualified counts as qualified.
    """
    rows = await tx.fetch(
        """
        WITH road AS (
            SELECT captured_at,
                   CASE WHEN qualified_at < coalesce($6::timestamptz, 'infinity') THEN qualified_at END
                       AS qualified_at,
                   CASE WHEN became_deal_at < coalesce($6, 'infinity') THEN became_deal_at END
                       AS became_deal_at,
                   CASE WHEN won_at < coalesce($6, 'infinity') THEN won_at END AS won_at
            FROM lead_road
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND ($4::timestamptz IS NULL OR captured_at >= $4)
              AND ($5::timestamptz IS NULL OR captured_at < $5)
        ), counted AS (
            SELECT count(*) AS captured,
                   count(coalesce(qualified_at, became_deal_at, won_at)) AS qualified,
                   count(coalesce(became_deal_at, won_at)) AS converted,
                   count(won_at) AS won,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY qualified_at - captured_at)
                       AS to_qualified,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY became_deal_at - qualified_at)
                       AS to_converted,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY won_at - became_deal_at) AS to_won
            FROM road
        )
        SELECT $7::text AS pipeline,
               stage,
               entered,
               step.converted,
               CASE WHEN step.converted IS NOT NULL
                   THEN coalesce(round(step.converted::numeric / nullif(entered, 0), 6), 0)::float8
               END AS conversion,
               round(extract(epoch FROM stayed) / 86400, 6)::float8 AS median_days
        FROM counted
        CROSS JOIN LATERAL (
            VALUES (1, 'captured', captured, qualified, to_qualified),
                   (2, 'qualified', qualified, counted.converted, to_converted),
                   (3, 'converted', counted.converted, won, to_won),
                   (4, 'won', won, NULL, NULL)
        ) AS step (rank, stage, entered, converted, stayed)
        ORDER BY rank
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.begins_at,
        question.ends_at,
        question.looks_back_to,
        LEAD_FUNNEL,
    )
    return [dict(row) for row in rows]

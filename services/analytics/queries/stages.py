"""Reports over stages: where deals stand, and how they go from one to the next."""

from services.analytics.domain.reports import Question
from services.analytics.schemas import ReportRow
from shared.db import Tx


async def pipelines(tx: Tx) -> list[str]:
    """Every pipeline a deal has been heard of in."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT pipeline
        FROM stage_interval
        ORDER BY pipeline
        """
    )
    return [row["pipeline"] for row in rows]


async def stage_counts(tx: Tx, question: Question) -> list[ReportRow]:
    """How many deals stand in each stage now, open stages first, in the order of their chances."""
    rows = await tx.fetch(
        """
        SELECT stage, count(*) AS count
        FROM opportunity
        WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
          AND status <> 'withdrawn'
          AND ($4::text IS NULL OR pipeline = $4)
          AND ($5::date IS NULL OR engaged_on >= $5)
          AND ($6::date IS NULL OR engaged_on <= $6)
        GROUP BY stage
        ORDER BY min(CASE status WHEN 'open' THEN 1 WHEN 'won' THEN 2 ELSE 3 END),
                 avg(probability),
                 stage
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.since,
        question.until,
    )
    return [dict(row) for row in rows]


async def stage_counts_as_of(tx: Tx, question: Question) -> list[ReportRow]:
    """Where deals stood at the end of a day; blank where a history does not tell the stage of then."""
    rows = await tx.fetch(
        """
        SELECT stage, count(*) AS count
        FROM (
            SELECT CASE WHEN closed_on <= $7::date THEN status ELSE stood.kind END AS kind,
                   CASE WHEN closed_on <= $7 THEN opportunity.stage ELSE coalesce(stood.stage, '(blank)') END
                       AS stage,
                   CASE WHEN closed_on <= $7 THEN opportunity.probability ELSE stood.probability END
                       AS probability
            FROM opportunity
            LEFT JOIN LATERAL (
                SELECT stage, kind, probability
                FROM stage_interval
                WHERE stage_interval.opportunity_id = opportunity.opportunity_id
                  AND kind = 'open'
                  AND believed_until IS NULL
                  AND entered_at < $8::timestamptz
                ORDER BY sequence DESC, step DESC
                LIMIT 1
            ) AS stood ON true
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND engaged_on <= $7
              AND ($4::text IS NULL OR opportunity.pipeline = $4)
              AND ($5::date IS NULL OR engaged_on >= $5)
              AND ($6::date IS NULL OR engaged_on <= $6)
        ) AS stood
        GROUP BY stage
        ORDER BY min(CASE kind WHEN 'open' THEN 1 WHEN 'won' THEN 2 WHEN 'lost' THEN 3 ELSE 0 END),
                 avg(probability),
                 stage
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.since,
        question.until,
        question.as_of,
        question.looks_back_to,
    )
    return [dict(row) for row in rows]


async def deal_funnel(tx: Tx, question: Question) -> list[ReportRow]:
    """For each stage: deals that entered it, deals that later went further, days they stayed.

    Further is an open stage of higher probability, or a win. A deal that came back counts once.
    """
    rows = await tx.fetch(
        """
        WITH stay AS (
            SELECT stage_interval.opportunity_id,
                   stage_interval.pipeline,
                   stage_interval.stage,
                   stage_interval.kind,
                   stage_interval.probability,
                   stage_interval.entered_at,
                   CASE WHEN left_at < $6::timestamptz OR $6 IS NULL THEN left_at END AS left_at,
                   max(CASE stage_interval.kind
                           WHEN 'won' THEN 2
                           WHEN 'lost' THEN -1
                           ELSE stage_interval.probability
                       END) OVER (
                           PARTITION BY stage_interval.opportunity_id
                           ORDER BY stage_interval.sequence, stage_interval.step
                           ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
                       ) > stage_interval.probability AS went_further
            FROM stage_interval
            JOIN opportunity USING (opportunity_id)
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND believed_until IS NULL
              AND ($4::text IS NULL OR stage_interval.pipeline = $4)
              AND ($6 IS NULL OR entered_at < $6)
        ), stage AS (
            SELECT pipeline,
                   stage,
                   kind,
                   avg(probability) AS probability,
                   count(DISTINCT opportunity_id) AS entered,
                   count(DISTINCT opportunity_id) FILTER (WHERE went_further) AS converted,
                   percentile_cont(0.5) WITHIN GROUP (
                       ORDER BY extract(epoch FROM left_at - entered_at)::float8 / 86400
                   ) AS median_days
            FROM stay
            WHERE ($5::timestamptz IS NULL OR entered_at >= $5)
            GROUP BY pipeline, stage, kind
        )
        SELECT pipeline,
               stage,
               entered,
               CASE kind WHEN 'open' THEN converted END AS converted,
               CASE kind WHEN 'open' THEN round(converted::numeric / entered, 6)::float8 END AS conversion,
               CASE kind WHEN 'open' THEN round(median_days::numeric, 6)::float8 END AS median_days
        FROM stage
        ORDER BY pipeline,
                 CASE kind WHEN 'open' THEN 1 WHEN 'won' THEN 2 ELSE 3 END,
                 probability,
                 stage
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.begins_at,
        question.ends_at,
    )
    return [dict(row) for row in rows]

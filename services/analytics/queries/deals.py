"""Reports over deals: what was won and lost, how long it took, what is open."""

from services.analytics.domain.reports import Question
from services.analytics.schemas import ReportRow, named
from shared.db import Tx


async def summary(tx: Tx, question: Question) -> list[ReportRow]:
    """Closed deals in one row."""
    rows = await tx.fetch(
        """
        SELECT won,
               lost,
               coalesce(round(won::numeric / nullif(won + lost, 0), 6), 0)::float8 AS win_rate,
               won_value::float8 AS won_value,
               round(won_value / nullif(won, 0), 4)::float8 AS avg_deal,
               round(median_deal::numeric, 4)::float8 AS median_deal
        FROM (
            SELECT count(*) FILTER (WHERE status = 'won') AS won,
                   count(*) FILTER (WHERE status = 'lost') AS lost,
                   coalesce(sum(amount) FILTER (WHERE status = 'won'), 0) AS won_value,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)
                       FILTER (WHERE status = 'won') AS median_deal
            FROM opportunity
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND status IN ('won', 'lost')
              AND ($4::text IS NULL OR pipeline = $4)
              AND ($5::date IS NULL OR closed_on >= $5)
              AND ($6::date IS NULL OR closed_on <= $6)
        ) AS closed
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.since,
        question.last_day,
    )
    return [dict(row) for row in rows]


async def win_rate(tx: Tx, question: Question) -> list[ReportRow]:
    """Closed deals by one dimension; sellers, managers, teams and regions without any show as zero."""
    rows = await tx.fetch(
        """
        WITH counted AS (
            SELECT CASE $7::text
                       WHEN 'region' THEN region_id::text
                       WHEN 'manager' THEN manager_id::text
                       WHEN 'team' THEN unit_id::text
                       WHEN 'seller' THEN owner_id::text
                       WHEN 'product' THEN product_id::text
                       WHEN 'sector' THEN sector
                       WHEN 'month' THEN to_char(closed_on, 'YYYY-MM')
                   END AS key,
                   CASE $7
                       WHEN 'region' THEN region
                       WHEN 'manager' THEN manager
                       WHEN 'team' THEN team
                       WHEN 'seller' THEN seller
                       WHEN 'product' THEN product
                   END AS name,
                   status,
                   amount
            FROM deal
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND status IN ('won', 'lost')
              AND ($4::text IS NULL OR pipeline = $4)
              AND ($5::date IS NULL OR closed_on >= $5)
              AND ($6::date IS NULL OR closed_on <= $6)
            UNION ALL
            SELECT person_id::text, name, NULL, NULL
            FROM person
            WHERE ($1 OR unit_id = ANY($2) OR person_id = $3)
              AND $7 = 'seller'
              AND 'seller' = ANY(roles)
              AND active
            UNION ALL
            SELECT CASE $7
                       WHEN 'region' THEN region_id::text
                       WHEN 'manager' THEN manager_id::text
                       WHEN 'team' THEN unit_id::text
                   END,
                   CASE $7 WHEN 'region' THEN region WHEN 'manager' THEN manager WHEN 'team' THEN unit END,
                   NULL,
                   NULL
            FROM place
            WHERE ($1 OR unit_id = ANY($2))
              AND active
              AND CASE $7
                      WHEN 'region' THEN kind = 'region'
                      WHEN 'manager' THEN kind IN ('team', 'dealer') AND manager_id IS NOT NULL
                      WHEN 'team' THEN kind IN ('team', 'dealer')
                      ELSE false
                  END
        )
        SELECT value,
               won,
               lost,
               coalesce(round(won::numeric / nullif(won + lost, 0), 6), 0)::float8 AS win_rate,
               won_value::float8 AS won_value
        FROM (
            SELECT coalesce(max(name), key, '(blank)') AS value,
                   count(*) FILTER (WHERE status = 'won') AS won,
                   count(*) FILTER (WHERE status = 'lost') AS lost,
                   coalesce(sum(amount) FILTER (WHERE status = 'won'), 0) AS won_value
            FROM counted
            GROUP BY key
        ) AS grouped
        ORDER BY value
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.since,
        question.last_day,
        question.by,
    )
    return [named(question.by, dict(row)) for row in rows]


async def cycle_days(tx: Tx, question: Question) -> list[ReportRow]:
    """Whole days from engagement to closing, for the won and for the lost."""
    rows = await tx.fetch(
        """
        SELECT status,
               round(days[1]::numeric, 6)::float8 AS p25,
               round(days[2]::numeric, 6)::float8 AS median,
               round(days[3]::numeric, 6)::float8 AS p75,
               round(days[4]::numeric, 6)::float8 AS p90,
               mean
        FROM (
            SELECT closing.status,
                   closing.rank,
                   percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9])
                       WITHIN GROUP (ORDER BY closed_on - engaged_on) AS days,
                   round(avg(closed_on - engaged_on), 6)::float8 AS mean
            FROM (VALUES ('won', 1), ('lost', 2)) AS closing (status, rank)
            LEFT JOIN opportunity
              ON opportunity.status = closing.status
             AND ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
             AND ($4::text IS NULL OR pipeline = $4)
             AND ($5::date IS NULL OR closed_on >= $5)
             AND ($6::date IS NULL OR closed_on <= $6)
            GROUP BY closing.status, closing.rank
        ) AS measured
        ORDER BY rank
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.since,
        question.last_day,
    )
    return [dict(row) for row in rows]


async def pipeline(tx: Tx, question: Question) -> list[ReportRow]:
    """What is open now, or was open at the end of a day."""
    rows = await tx.fetch(
        """
        SELECT count(*) AS open,
               coalesce(sum(list_value), 0)::float8 AS list_value
        FROM opportunity
        WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
          AND CASE
                  WHEN $7::date IS NULL THEN status = 'open'
                  ELSE engaged_on <= $7 AND (closed_on > $7 OR closed_on IS NULL)
              END
          AND ($4::text IS NULL OR pipeline = $4)
          AND ($5::date IS NULL OR engaged_on >= $5)
          AND ($6::date IS NULL OR engaged_on <= $6)
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.since,
        question.until,
        question.as_of,
    )
    return [dict(row) for row in rows]

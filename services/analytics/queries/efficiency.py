"""The report over people: what they were given, what they did, what came of it."""

from services.analytics.domain.reports import Question
from services.analytics.schemas import ReportRow, named
from shared.db import Tx


async def efficiency(tx: Tx, question: Question) -> list[ReportRow]:
    """Work by seller, team or region; those who have none show as zero.

    A lead is touched when its owner did something about it while they held it; the first response
    is the first such act. Each fact counts for the unit that it was recorded with.
    """
    rows = await tx.fetch(
        """
        WITH given AS (
            SELECT owner_id, unit_id, subject_id, started_at, response.first_at
            FROM ownership_period
            LEFT JOIN LATERAL (
                SELECT min(done_at) AS first_at
                FROM activity
                WHERE activity.subject_id = ownership_period.subject_id
                  AND activity.done_by = ownership_period.owner_id
                  AND activity.done_at >= started_at
                  AND activity.done_at < coalesce(ended_at, 'infinity')
                  AND activity.done_at < coalesce($8::timestamptz, 'infinity')
                  AND (activity.believed_until IS NULL OR activity.believed_until > $8)
            ) AS response ON true
            WHERE ($1::boolean OR unit_id = ANY($2::uuid[]) OR owner_id = $3::uuid)
              AND subject_kind = 'lead'
              AND owner_id IS NOT NULL
              AND ($5::timestamptz IS NULL OR started_at >= $5)
              AND ($6::timestamptz IS NULL OR started_at < $6)
        ), fact AS (
            SELECT owner_id AS person_id,
                   unit_id,
                   subject_id AS assigned,
                   CASE WHEN first_at IS NOT NULL THEN subject_id END AS touched,
                   extract(epoch FROM first_at - started_at)::float8 / 3600 AS response_hours,
                   NULL::uuid AS activity_id,
                   NULL AS status,
                   NULL::numeric AS amount
            FROM given
            UNION ALL
            SELECT done_by, unit_id, NULL, NULL, NULL, activity_id, NULL, NULL
            FROM activity
            WHERE ($1 OR unit_id = ANY($2) OR done_by = $3)
              AND ($5 IS NULL OR done_at >= $5)
              AND ($6 IS NULL OR done_at < $6)
              AND (believed_until IS NULL OR believed_until > $8)
            UNION ALL
            SELECT owner_id, unit_id, NULL, NULL, NULL, NULL, status, amount
            FROM opportunity
            WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
              AND status IN ('won', 'lost')
              AND ($4::text IS NULL OR pipeline = $4)
              AND ($9::date IS NULL OR closed_on >= $9)
              AND ($10::date IS NULL OR closed_on <= $10)
            UNION ALL
            SELECT owner_id, unit_id, NULL, NULL, NULL, NULL, 'open', NULL
            FROM opportunity
            WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
              AND CASE
                      WHEN $11::date IS NULL THEN status = 'open'
                      ELSE engaged_on <= $11 AND (closed_on > $11 OR closed_on IS NULL)
                  END
              AND ($4 IS NULL OR pipeline = $4)
            UNION ALL
            SELECT person_id, unit_id, NULL, NULL, NULL, NULL, NULL, NULL
            FROM person
            WHERE ($1 OR unit_id = ANY($2) OR person_id = $3)
              AND $7::text = 'seller'
              AND 'seller' = ANY(roles)
              AND active
            UNION ALL
            SELECT NULL, unit_id, NULL, NULL, NULL, NULL, NULL, NULL
            FROM unit
            WHERE ($1 OR unit_id = ANY($2))
              AND active
              AND CASE $7
                      WHEN 'region' THEN kind = 'region'
                      WHEN 'team' THEN kind IN ('team', 'dealer')
                      ELSE false
                  END
        ), counted AS (
            SELECT CASE $7
                       WHEN 'seller' THEN fact.person_id::text
                       WHEN 'team' THEN fact.unit_id::text
                       WHEN 'region' THEN place.region_id::text
                   END AS key,
                   CASE $7
                       WHEN 'seller' THEN person.name
                       WHEN 'team' THEN place.unit
                       WHEN 'region' THEN place.region
                   END AS name,
                   fact.*
            FROM fact
            LEFT JOIN person ON person.person_id = fact.person_id
            LEFT JOIN place ON place.unit_id = fact.unit_id
        ), grouped AS (
            SELECT coalesce(max(name), key, '(blank)') AS value,
                   count(DISTINCT assigned) AS leads_assigned,
                   count(DISTINCT touched) AS leads_touched,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY response_hours) AS response_hours,
                   count(activity_id) AS activities,
                   count(*) FILTER (WHERE status = 'won') AS won,
                   count(*) FILTER (WHERE status = 'lost') AS lost,
                   coalesce(sum(amount) FILTER (WHERE status = 'won'), 0) AS won_value,
                   count(*) FILTER (WHERE status = 'open') AS open
            FROM counted
            GROUP BY key
        )
        SELECT value,
               leads_assigned,
               leads_touched,
               round(response_hours::numeric, 6)::float8 AS first_response_hours,
               activities,
               won,
               lost,
               coalesce(round(won::numeric / nullif(won + lost, 0), 6), 0)::float8 AS win_rate,
               won_value::float8 AS won_value,
               open
        FROM grouped
        ORDER BY value
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        question.pipeline,
        question.begins_at,
        question.ends_at,
        question.by,
        question.looks_back_to,
        question.since,
        question.last_day,
        question.as_of,
    )
    return [named(question.by, dict(row)) for row in rows]

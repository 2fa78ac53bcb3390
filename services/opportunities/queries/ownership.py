"""Who has what, what waits in the pool, and what nobody could be given."""

from datetime import datetime
from uuid import UUID

from services.opportunities.schemas.ownership import (
    LateOut,
    OwnershipOut,
    PooledCustomer,
    PooledLead,
    ReceiptOut,
    ResponsesBy,
    ResponseTimes,
    UnassignedOut,
)
from shared.contracts.base import SubjectKind
from shared.db import Tx
from shared.web import PageRequest


async def one(tx: Tx, ownership_id: UUID) -> OwnershipOut | None:
    """One ownership within the scope."""
    row = await tx.fetchrow(
        """
        SELECT id, subject_kind, subject_id, unit_id, owner_id, pool_id, reasons, respond_by,
               pass_on_at, accepted_at,
               CASE WHEN responded_at >= since THEN responded_at END AS responded_at,
               hold_until, hold_reason, since, open, sequence, created_at
          FROM ownership
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3::uuid[]) OR owner_id = $4)
        """,
        ownership_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return OwnershipOut.model_validate(dict(row)) if row else None


async def page(
    tx: Tx,
    page: PageRequest,
    *,
    subject_kind: SubjectKind | None,
    subject_id: UUID | None,
    owner_id: UUID | None,
) -> list[OwnershipOut]:
    """Ownerships within the scope, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, unit_id, owner_id, pool_id, reasons, respond_by,
               pass_on_at, accepted_at,
               CASE WHEN responded_at >= since THEN responded_at END AS responded_at,
               hold_until, hold_reason, since, open, sequence, created_at
          FROM ownership
         WHERE ($1 OR unit_id = ANY($2::uuid[]) OR owner_id = $3)
           AND ($4::text IS NULL OR subject_kind = $4)
           AND ($5::uuid IS NULL OR subject_id = $5)
           AND ($6::uuid IS NULL OR owner_id = $6)
           AND ($7::timestamptz IS NULL OR (created_at, id) < ($7, $8::uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT $9
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        subject_kind,
        subject_id,
        owner_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [OwnershipOut.model_validate(dict(row)) for row in rows]


async def unassigned(tx: Tx, page: PageRequest) -> list[UnassignedOut]:
    """What nobody could be given, within the scope, the newest first."""
    rows = await tx.fetch(
        """
        SELECT ownership.id, ownership.subject_kind, ownership.subject_id, ownership.unit_id,
               ownership.owner_id, ownership.pool_id, ownership.reasons, ownership.respond_by,
               ownership.pass_on_at, ownership.accepted_at, NULL AS responded_at, ownership.hold_until,
               ownership.hold_reason, ownership.since, ownership.open, ownership.sequence, ownership.created_at,
               coalesce(lead.region, '') AS region, coalesce(lead.industry, '') AS industry,
               coalesce(lead.source, '') AS source
          FROM ownership
          LEFT JOIN lead_copy AS lead
                 ON lead.id = ownership.subject_id
                AND ownership.subject_kind = 'lead'
         WHERE ($1 OR ownership.unit_id = ANY($2::uuid[]))
           AND ownership.owner_id IS NULL
           AND ownership.pool_id IS NULL
           AND ownership.open
           AND ($3::timestamptz IS NULL
                OR (ownership.created_at, ownership.id) < ($3, $4::uuid))
         ORDER BY ownership.created_at DESC, ownership.id DESC
         LIMIT $5
        """,
        tx.scope.everything,
        tx.scope.units,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [UnassignedOut.model_validate(dict(row)) for row in rows]


async def late(tx: Tx, page: PageRequest, *, now: datetime) -> list[LateOut]:
    """What its owner should have acted on by now and has not, within the scope, the latest first."""
    rows = await tx.fetch(
        """
        SELECT response.ownership_id, ownership.subject_kind, ownership.subject_id,
               response.owner_id, response.unit_id, response.assigned_at, response.respond_by,
               ownership.pass_on_at
          FROM response
          JOIN ownership ON ownership.id = response.ownership_id
         WHERE ($1 OR response.unit_id = ANY($2::uuid[]) OR response.owner_id = $3)
           AND response.responded_at IS NULL
           AND response.ended_at IS NULL
           AND response.respond_by <= $4
           AND ($5::timestamptz IS NULL
                OR (response.respond_by, response.ownership_id) < ($5, $6::uuid))
         ORDER BY response.respond_by DESC, response.ownership_id DESC
         LIMIT $7
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        now,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [LateOut.model_validate(dict(row)) for row in rows]


async def response_times(
    tx: Tx,
    *,
    since: datetime,
    until: datetime,
    by: ResponsesBy,
    zone: str,
    objective: float,
    now: datetime,
) -> list[ResponseTimes]:
    """Responses that were due in a time, within the scope; those still to come count for nothing.

    The error budget is the share that may be late by the objective, as site reliability
    engineering has it (Beyer et al. 2016, chapter 3).
    """
    rows = await tx.fetch(
        """
        WITH due AS (
            SELECT CASE $7 WHEN 'unit' THEN unit_id::text
                           WHEN 'owner' THEN owner_id::text
                           ELSE (respond_by AT TIME ZONE $8)::date::text
                    END AS by,
                   coalesce(responded_at, ended_at) <= respond_by AS in_time,
                   extract(epoch FROM responded_at - assigned_at) / 60 AS minutes
              FROM response
             WHERE ($1 OR unit_id = ANY($2::uuid[]) OR owner_id = $3)
               AND respond_by >= $4
               AND respond_by < least($5, $6::timestamptz)
        )
        SELECT by, count(*) AS due, count(*) FILTER (WHERE in_time) AS in_time,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS median_minutes
          FROM due
         GROUP BY by
         ORDER BY by
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        since,
        until,
        now,
        by,
        zone,
    )
    return [
        ResponseTimes(
            by=row["by"],
            due=row["due"],
            in_time=row["in_time"],
            late=(late := row["due"] - row["in_time"]),
            median_minutes=row["median_minutes"],
            objective=objective,
            budget_left=round(row["due"] * (1 - objective) - late, 2),
        )
        for row in rows
    ]


async def pooled(tx: Tx, page: PageRequest, *, unit_id: UUID) -> list[PooledLead]:
    """Leads in the pools that serve the caller's unit or lie within their scope, the newest first."""
    rows = await tx.fetch(
        """
        SELECT ownership.id AS ownership_id, lead.id AS lead_id, pool.name AS pool,
               lead.company_name, lead.region, lead.industry, lead.channel, lead.source, lead.score,
               lead.grade, ownership.since AS pooled_at, lead.captured_at
          FROM pool
          JOIN ownership ON ownership.pool_id = pool.id
          JOIN lead_copy AS lead ON lead.id = ownership.subject_id
         WHERE ($1
                OR pool.unit_id = ANY($2::uuid[])
                OR pool.unit_id IN (SELECT ancestor FROM access_closure WHERE unit = $3))
           AND ownership.pool_id IS NOT NULL
           AND ownership.open
           AND ($4::timestamptz IS NULL OR (ownership.since, ownership.id) < ($4, $5::uuid))
         ORDER BY ownership.since DESC, ownership.id DESC
         LIMIT $6
        """,
        tx.scope.everything,
        tx.scope.units,
        unit_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [PooledLead.model_validate(dict(row)) for row in rows]


async def pooled_customers(tx: Tx, page: PageRequest, *, unit_id: UUID) -> list[PooledCustomer]:
    """Customers in the pools that serve the caller's unit or lie within their scope, the newest first."""
    rows = await tx.fetch(
        """
        SELECT ownership.id AS ownership_id, customer.id AS customer_id, pool.name AS pool,
               customer.name, customer.region, customer.industry, customer.level,
               ownership.reasons[1] AS reason, ownership.since AS pooled_at
          FROM pool
          JOIN ownership ON ownership.pool_id = pool.id
          JOIN customer_copy AS customer ON customer.id = ownership.subject_id
         WHERE ($1
                OR pool.unit_id = ANY($2::uuid[])
                OR pool.unit_id IN (SELECT ancestor FROM access_closure WHERE unit = $3))
           AND ownership.pool_id IS NOT NULL
           AND ownership.open
           AND ($4::timestamptz IS NULL OR (ownership.since, ownership.id) < ($4, $5::uuid))
         ORDER BY ownership.since DESC, ownership.id DESC
         LIMIT $6
        """,
        tx.scope.everything,
        tx.scope.units,
        unit_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [PooledCustomer.model_validate(dict(row)) for row in rows]


async def receipts(tx: Tx, ownership_id: UUID) -> list[ReceiptOut]:
    """Every choice that was made about a subject, the latest first."""
    rows = await tx.fetch(
        """
        SELECT receipt.id, receipt.ownership_id, receipt.rules_version, receipt.owner_id,
               receipt.decided_at, receipt.body AS choice
          FROM receipt
          JOIN ownership ON ownership.id = receipt.ownership_id
         WHERE receipt.ownership_id = $1
           AND ($2 OR ownership.unit_id = ANY($3::uuid[]) OR ownership.owner_id = $4)
         ORDER BY receipt.decided_at DESC, receipt.id DESC
         LIMIT 200
        """,
        ownership_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return [ReceiptOut.model_validate(dict(row)) for row in rows]


async def receipt(tx: Tx, receipt_id: UUID) -> ReceiptOut | None:
    """One choice about a subject within the scope."""
    row = await tx.fetchrow(
        """
        SELECT receipt.id, receipt.ownership_id, receipt.rules_version, receipt.owner_id,
               receipt.decided_at, receipt.body AS choice
          FROM receipt
          JOIN ownership ON ownership.id = receipt.ownership_id
         WHERE receipt.id = $1
           AND ($2 OR ownership.unit_id = ANY($3::uuid[]) OR ownership.owner_id = $4)
        """,
        receipt_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return ReceiptOut.model_validate(dict(row)) if row else None

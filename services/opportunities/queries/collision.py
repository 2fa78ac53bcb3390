"""Registrations and collisions as they are shown, each side to its own people."""

from uuid import UUID

from asyncpg import Record

from services.opportunities.schemas.collision import (
    CollisionOut,
    EvidenceOut,
    Precedent,
    RegistrationOut,
)
from shared.db import Tx
from shared.web import PageRequest


async def registration(tx: Tx, registration_id: UUID) -> RegistrationOut | None:
    """One registration within the scope."""
    row = await tx.fetchrow(
        """
        SELECT id, customer_id, lead_id, company_name, project, product_line, owner_id, unit_id, state,
               jsonb_array_length(conflicts) AS meets, protected_until, extensions,
               opportunity_id, decided_by, decision, registered_at
          FROM registration
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3::uuid[]) OR owner_id = $4)
        """,
        registration_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return RegistrationOut.model_validate(dict(row)) if row else None


async def registrations(tx: Tx, page: PageRequest, *, state: str | None) -> list[RegistrationOut]:
    """Registrations within the scope, the latest first."""
    rows = await tx.fetch(
        """
        SELECT id, customer_id, lead_id, company_name, project, product_line, owner_id, unit_id, state,
               jsonb_array_length(conflicts) AS meets, protected_until, extensions,
               opportunity_id, decided_by, decision, registered_at
          FROM registration
         WHERE ($1 OR unit_id = ANY($2::uuid[]) OR owner_id = $3)
           AND ($4::text IS NULL OR state = $4)
           AND ($5::timestamptz IS NULL OR (registered_at, id) < ($5, $6::uuid))
         ORDER BY registered_at DESC, id DESC
         LIMIT $7
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        state,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [RegistrationOut.model_validate(dict(row)) for row in rows]


async def collision(tx: Tx, collision_id: UUID) -> CollisionOut | None:
    """One collision, with of either side what the reader may see."""
    row = await tx.fetchrow(
        """
        SELECT id, other_kind, customer_id, product_line, state, outcome, reason, ruled_by,
               ruled_at, appeal, opened_at,
               CASE WHEN shangji_sees(unit_id, owner_id) THEN deal_id END AS deal_id,
               CASE WHEN shangji_sees(unit_id, owner_id) THEN owner_id END AS owner_id,
               CASE WHEN shangji_sees(other_unit_id, other_owner_id) THEN other_id END AS other_id,
               CASE WHEN shangji_sees(other_unit_id, other_owner_id)
                    THEN other_owner_id END AS other_owner_id
          FROM collision
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3::uuid[]) OR owner_id = $4
                OR other_unit_id = ANY($3::uuid[]) OR other_owner_id = $4)
        """,
        collision_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return CollisionOut.model_validate(dict(row)) if row else None


async def collisions(tx: Tx, page: PageRequest, *, state: str | None) -> list[CollisionOut]:
    """Collisions that one of the reader's people is a side of, the latest first."""
    rows = await tx.fetch(
        """
        SELECT id, other_kind, customer_id, product_line, state, outcome, reason, ruled_by,
               ruled_at, appeal, opened_at,
               CASE WHEN shangji_sees(unit_id, owner_id) THEN deal_id END AS deal_id,
               CASE WHEN shangji_sees(unit_id, owner_id) THEN owner_id END AS owner_id,
               CASE WHEN shangji_sees(other_unit_id, other_owner_id) THEN other_id END AS other_id,
               CASE WHEN shangji_sees(other_unit_id, other_owner_id)
                    THEN other_owner_id END AS other_owner_id
          FROM collision
         WHERE ($1 OR unit_id = ANY($2::uuid[]) OR owner_id = $3
                OR other_unit_id = ANY($2::uuid[]) OR other_owner_id = $3)
           AND ($4::text IS NULL OR state = $4)
           AND ($5::timestamptz IS NULL OR (opened_at, id) < ($5, $6::uuid))
         ORDER BY opened_at DESC, id DESC
         LIMIT $7
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        state,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    return [CollisionOut.model_validate(dict(row)) for row in rows]


async def evidence(tx: Tx, collision_id: UUID) -> list[EvidenceOut]:
    """What happened about the customer, the first first; who did it, where the reader may see that.

    Words stay where they are: a timeline has dates and kinds.
    """
    async with tx.as_service():
        rows = await tx.fetch(
            """
            WITH about AS (SELECT customer_id FROM collision WHERE id = $1),
            happened AS (
                SELECT lead.captured_at AS at, 'lead_captured' AS kind, lead.channel AS detail,
                       held.owner_id AS person_id, held.unit_id
                  FROM lead_copy AS lead
                  JOIN about ON lead.customer_id = about.customer_id
                  LEFT JOIN ownership AS held
                         ON held.subject_kind = 'lead' AND held.subject_id = lead.id
                 UNION ALL
                SELECT activity.done_at, 'activity', activity.kind, activity.done_by,
                       activity.unit_id
                  FROM activity, about
                 WHERE (activity.subject_kind = 'customer'
                        AND activity.subject_id = about.customer_id)
                    OR (activity.subject_kind = 'opportunity'
                        AND activity.subject_id IN (
                            SELECT id FROM deal WHERE customer_id = about.customer_id))
                    OR (activity.subject_kind = 'lead'
                        AND activity.subject_id IN (
                            SELECT id FROM lead_copy WHERE customer_id = about.customer_id))
                 UNION ALL
                SELECT registration.registered_at, 'registered', registration.product_line,
                       registration.owner_id, registration.unit_id
                  FROM registration
                  JOIN about ON registration.customer_id = about.customer_id
                 UNION ALL
                SELECT deal.opened_at, 'deal_opened', deal.stage, deal.owner_id, deal.unit_id
                  FROM deal
                  JOIN about ON deal.customer_id = about.customer_id
                 UNION ALL
                SELECT ownership.since, 'customer_assigned', '', ownership.owner_id,
                       ownership.unit_id
                  FROM ownership
                  JOIN about ON ownership.subject_id = about.customer_id
                 WHERE ownership.subject_kind = 'customer'
            )
            SELECT at, kind, detail, person_id, unit_id
              FROM happened
             ORDER BY at, kind
             LIMIT 2000
            """,
            collision_id,
        )
    return [_evidence(tx, row) for row in rows]


def _evidence(tx: Tx, row: Record) -> EvidenceOut:
    if tx.scope.shows(row["unit_id"], row["person_id"]):
        return EvidenceOut.model_validate(dict(row))
    return EvidenceOut(at=row["at"], kind=row["kind"], detail="", person_id=None, unit_id=None)


async def precedents(tx: Tx, collision_id: UUID) -> list[Precedent]:
    """How collisions alike were ruled, the most alike first: those of the whole enterprise, without their people."""
    async with tx.as_service():
        rows = await tx.fetch(
            """
            WITH this AS (
                SELECT product_line, region, industry, other_kind FROM collision WHERE id = $1
            )
            SELECT ruled.id AS collision_id, ruled.outcome, ruled.reason, ruled.product_line,
                   ruled.region, ruled.industry, ruled.other_kind, ruled.ruled_at,
                   ((ruled.product_line = this.product_line)::int * 0.4
                    + (ruled.other_kind = this.other_kind)::int * 0.2
                    + (ruled.region = this.region)::int * 0.2
                    + (ruled.industry = this.industry)::int * 0.2)::float8 AS likeness
              FROM collision AS ruled, this
             WHERE ruled.state = 'ruled'
               AND ruled.id <> $1
             ORDER BY likeness DESC, ruled.ruled_at DESC
             LIMIT 20
            """,
            collision_id,
        )
    return [Precedent.model_validate(dict(row)) for row in rows]

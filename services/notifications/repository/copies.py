"""Our own copies of what others own: names, deals, and who leads which unit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.notifications.recipients import Chart, Unit
from shared.contracts.opportunities import OpportunityOpened, OpportunityRecorded, UnitDefined
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Who has a record now, and whose unit it is."""

    owner_id: UUID | None
    unit_id: UUID


async def save_company_names(tx: Tx, names: Mapping[UUID, str]) -> None:
    """Remember what a lead's or a customer's organisation is called."""
    await tx.execute(
        """
        INSERT INTO company (id, name)
        SELECT id, name
          FROM unnest($1::uuid[], $2::text[]) AS row (id, name)
         ORDER BY id
            ON CONFLICT (id) DO UPDATE
           SET name = excluded.name
         WHERE company.name <> excluded.name
        """,
        list(names),
        list(names.values()),
    )


async def save_unit_leads(tx: Tx, units: Sequence[UnitDefined]) -> None:
    """Remember who leads which unit; a closed unit is led by whoever leads the one above."""
    await tx.execute(
        """
        INSERT INTO unit_lead (unit_id, parent_id, lead_id)
        SELECT unit_id, parent_id, lead_id
          FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS row (unit_id, parent_id, lead_id)
         ORDER BY unit_id
            ON CONFLICT (unit_id) DO UPDATE
           SET parent_id = excluded.parent_id,
               lead_id = excluded.lead_id
        """,
        [unit.unit_id for unit in units],
        [unit.parent_id for unit in units],
        [unit.lead_person_id if unit.active else None for unit in units],
    )


async def save_deals(tx: Tx, deals: Sequence[OpportunityOpened | OpportunityRecorded]) -> None:
    """Remember whose deals these were when they began, and with which customer."""
    await tx.execute(
        """
        INSERT INTO deal (id, customer_id, owner_id, unit_id)
        SELECT id, customer_id, owner_id, unit_id
          FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
            AS row (id, customer_id, owner_id, unit_id)
            ON CONFLICT (id) DO UPDATE
           SET customer_id = excluded.customer_id,
               owner_id = excluded.owner_id,
               unit_id = excluded.unit_id
        """,
        [deal.opportunity_id for deal in deals],
        [deal.facts.customer_id for deal in deals],
        [deal.owner_id for deal in deals],
        [deal.unit_id for deal in deals],
    )


async def save_deal_customers(tx: Tx, customers: Mapping[UUID, UUID | None]) -> None:
    """Remember with which customer each deal is."""
    await tx.execute(
        """
        UPDATE deal
           SET customer_id = row.customer_id
          FROM unnest($1::uuid[], $2::uuid[]) AS row (id, customer_id)
         WHERE deal.id = row.id
           AND deal.customer_id IS DISTINCT FROM row.customer_id
        """,
        list(customers),
        list(customers.values()),
    )


async def custody(tx: Tx, subject_ids: Collection[UUID]) -> dict[UUID, Custody]:
    """Who has these records: by their ownership, or as their deal began."""
    rows = await tx.fetch(
        """
        SELECT subject_id,
               CASE WHEN held.subject_id IS NULL THEN deal.owner_id ELSE held.owner_id END AS owner_id,
               COALESCE(held.unit_id, deal.unit_id) AS unit_id
          FROM (SELECT * FROM follow_up WHERE subject_id = ANY($1::uuid[])) AS held
          FULL JOIN (SELECT id AS subject_id, owner_id, unit_id
                       FROM deal
                      WHERE id = ANY($1::uuid[])) AS deal
         USING (subject_id)
        """,
        list(subject_ids),
    )
    return {
        row["subject_id"]: Custody(owner_id=row["owner_id"], unit_id=row["unit_id"]) for row in rows
    }


async def chart(tx: Tx, unit_ids: Collection[UUID]) -> Chart:
    """These units and all above them, with those who are still there to lead and oversee them."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE line AS (
            SELECT unit_id, parent_id, lead_id
              FROM unit_lead
             WHERE unit_id = ANY($1::uuid[])
             UNION
            SELECT above.unit_id, above.parent_id, above.lead_id
              FROM line
              JOIN unit_lead AS above
                ON above.unit_id = line.parent_id
        )
        SELECT line.unit_id,
               line.parent_id,
               CASE WHEN lead.active IS NOT FALSE THEN line.lead_id END AS lead_id,
               ARRAY(SELECT person_id
                       FROM access_person AS person
                      WHERE person.unit_id = line.unit_id
                        AND person.active
                        AND person.roles && ARRAY['manager', 'operator']) AS overseers
          FROM line
          LEFT JOIN access_person AS lead
                 ON lead.person_id = line.lead_id
        """,
        list(unit_ids),
    )
    return {
        row["unit_id"]: Unit(
            parent_id=row["parent_id"],
            lead_id=row["lead_id"],
            overseers=frozenset(row["overseers"]),
        )
        for row in rows
    }

"""Whose leads and customers are, as `opportunities` says."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain.ownership import Holding, OwnedKind
from shared.db import Tx


async def begin(tx: Tx, holdings: Sequence[Holding]) -> dict[UUID, Holding]:
    """Say whose new subjects are; what was heard of one before it came here holds instead.

    Waits for a consumer that is just writing down what it heard of the same subject.
    """
    rows = await tx.fetch(
        """
        INSERT INTO holding AS held (subject_kind, subject_id, unit_id, owner_id, pool_id)
        SELECT subject_kind, subject_id, unit_id, owner_id, pool_id
          FROM jsonb_populate_recordset(NULL::holding, $1)
         ORDER BY subject_id
            ON CONFLICT (subject_kind, subject_id)
            DO UPDATE
           SET unit_id = held.unit_id
        RETURNING subject_kind, subject_id, unit_id, owner_id, pool_id
        """,
        [_row(holding) for holding in holdings],
    )
    return {row["subject_id"]: Holding(**row) for row in rows}


async def save(tx: Tx, holdings: Sequence[Holding]) -> None:
    """Write down whose these subjects are, known here or not."""
    await tx.execute(
        """
        INSERT INTO holding (subject_kind, subject_id, unit_id, owner_id, pool_id, protected_until)
        SELECT subject_kind, subject_id, unit_id, owner_id, pool_id, protected_until
          FROM jsonb_populate_recordset(NULL::holding, $1)
         ORDER BY subject_id
            ON CONFLICT (subject_kind, subject_id)
            DO UPDATE
           SET unit_id = excluded.unit_id,
               owner_id = excluded.owner_id,
               pool_id = excluded.pool_id,
               protected_until = excluded.protected_until
        """,
        [_row(holding) for holding in holdings],
    )


async def show_on_leads(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """Copy unit and owner to the leads, whose lists are searched by them."""
    await tx.execute(
        """
        UPDATE lead
           SET unit_id = held.unit_id,
               owner_id = held.owner_id,
               pool_id = held.pool_id
          FROM holding AS held
         WHERE held.subject_kind = 'lead'
           AND held.subject_id = ANY($1)
           AND lead.id = held.subject_id
        """,
        lead_ids,
    )


async def show_on_customers(tx: Tx, customer_ids: Sequence[UUID]) -> None:
    """Copy unit and owner to the customers and to those who speak for them."""
    await tx.execute(
        """
        WITH held AS (
            SELECT subject_id, unit_id, owner_id
              FROM holding
             WHERE subject_kind = 'customer'
               AND subject_id = ANY($1)
        ), customers AS (
            UPDATE customer
               SET unit_id = held.unit_id,
                   owner_id = held.owner_id
              FROM held
             WHERE customer.id = held.subject_id
        ), links AS (
            UPDATE contact_link
               SET unit_id = held.unit_id,
                   owner_id = held.owner_id
              FROM held
             WHERE contact_link.customer_id = held.subject_id
        )
        UPDATE contact
           SET unit_id = held.unit_id,
               owner_id = held.owner_id
          FROM held
         WHERE contact.customer_id = held.subject_id
        """,
        customer_ids,
    )


def _row(holding: Holding) -> dict[str, OwnedKind | UUID | datetime | None]:
    return {
        "subject_kind": holding.subject_kind,
        "subject_id": holding.subject_id,
        "unit_id": holding.unit_id,
        "owner_id": holding.owner_id,
        "pool_id": holding.pool_id,
        "protected_until": holding.protected_until,
    }

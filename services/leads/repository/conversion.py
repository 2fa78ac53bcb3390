"""What conversions made, and what else there is about it since."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from asyncpg import Record

from services.leads.domain.refusals import NotConverted
from services.leads.domain.undoing import Conversion
from shared.db import Tx


async def add(tx: Tx, conversion: Conversion) -> None:
    """Keep what a conversion made."""
    await tx.execute(
        """
        INSERT INTO conversion
               (id, lead_id, state_before, customer_id, made_customer, contact_id, made_contact,
                opportunity_id, converted_at, undo_until, state, kept_for)
        SELECT id, lead_id, state_before, customer_id, made_customer, contact_id, made_contact,
               opportunity_id, converted_at, undo_until, state, '{}'
          FROM jsonb_populate_record(NULL::conversion, $1)
        """,
        asdict(conversion),
    )


async def lock(tx: Tx, lead_id: UUID) -> Conversion:
    """The conversion of a lead that has not been undone; the lead is locked before."""
    row = await tx.fetchrow(
        """
        SELECT id, lead_id, state_before, customer_id, made_customer, contact_id, made_contact,
               opportunity_id, converted_at, undo_until, state, kept_for, recalled_by, recalled_at
          FROM conversion
         WHERE lead_id = $1
           AND state <> 'undone'
           FOR UPDATE
        """,
        lead_id,
    )
    if row is None:
        raise NotConverted(lead_id=lead_id)
    return _conversion(row)


async def leads_of(tx: Tx, opportunity_ids: Sequence[UUID]) -> list[UUID]:
    """The leads whose conversions wait for word of these deals."""
    rows = await tx.fetch(
        """
        SELECT lead_id
          FROM conversion
         WHERE opportunity_id = ANY($1)
           AND state = 'recalled'
        """,
        opportunity_ids,
    )
    return [row["lead_id"] for row in rows]


async def lock_recalled(tx: Tx, opportunity_ids: Sequence[UUID]) -> dict[UUID, Conversion]:
    """The conversions that wait for word of these deals, by deal; their leads are locked before."""
    rows = await tx.fetch(
        """
        SELECT id, lead_id, state_before, customer_id, made_customer, contact_id, made_contact,
               opportunity_id, converted_at, undo_until, state, kept_for, recalled_by, recalled_at
          FROM conversion
         WHERE opportunity_id = ANY($1)
           AND state = 'recalled'
         ORDER BY lead_id
           FOR UPDATE
        """,
        opportunity_ids,
    )
    return {row["opportunity_id"]: _conversion(row) for row in rows}


async def save(tx: Tx, conversion: Conversion) -> None:
    """Store whether it stands."""
    await tx.execute(
        """
        UPDATE conversion
           SET state = $2,
               kept_for = $3,
               recalled_by = $4,
               recalled_at = $5
         WHERE id = $1
        """,
        conversion.id,
        conversion.state,
        list(conversion.kept_for),
        conversion.recalled_by,
        conversion.recalled_at,
    )


async def contact_is_alone(tx: Tx, made: Conversion) -> bool:
    """Whether nothing but this conversion leads to the contact it made."""
    return await tx.fetchval(
        """
        SELECT NOT EXISTS (SELECT FROM lead WHERE contact_id = $1 AND id <> $2)
           AND NOT EXISTS (SELECT FROM contact WHERE merged_into = $1)
           AND (SELECT count(*) FROM contact_link WHERE contact_id = $1) <= 1
        """,
        made.contact_id,
        made.lead_id,
    )


async def customer_is_alone(tx: Tx, made: Conversion, *, gone_contact_id: UUID | None) -> bool:
    """Whether nothing but this conversion leads to the customer it made."""
    return await tx.fetchval(
        """
        SELECT NOT worked_on
           AND NOT EXISTS (SELECT FROM lead WHERE customer_id = $1 AND id <> $2)
           AND NOT EXISTS (SELECT
                             FROM contact_link
                            WHERE customer_id = $1
                              AND contact_id IS DISTINCT FROM $3)
           AND NOT EXISTS (SELECT
                             FROM deal
                            WHERE deal.customer_id = $1
                              AND opportunity_id IS DISTINCT FROM $4)
           AND NOT EXISTS (SELECT
                             FROM customer AS other
                            WHERE $1 IN (other.parent_id, other.merged_into))
          FROM customer
         WHERE id = $1
        """,
        made.customer_id,
        made.lead_id,
        gone_contact_id,
        made.opportunity_id,
    )


async def alone(tx: Tx, customer_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these customers that nothing belongs to, and that nobody has worked on."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM customer
         WHERE id = ANY($1)
           AND NOT worked_on
           AND NOT EXISTS (SELECT FROM lead WHERE lead.customer_id = customer.id)
           AND NOT EXISTS (SELECT FROM contact_link WHERE contact_link.customer_id = customer.id)
           AND NOT EXISTS (SELECT FROM deal WHERE deal.customer_id = customer.id)
           AND NOT EXISTS (SELECT
                             FROM customer AS other
                            WHERE customer.id IN (other.parent_id, other.merged_into))
        """,
        customer_ids,
    )
    return frozenset(row["id"] for row in rows)


async def lonely(tx: Tx, contact_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these contacts that nothing belongs to, and who speak for one customer at most."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM contact
         WHERE id = ANY($1)
           AND NOT EXISTS (SELECT FROM lead WHERE lead.contact_id = contact.id)
           AND NOT EXISTS (SELECT FROM contact AS other WHERE other.merged_into = contact.id)
           AND (SELECT count(*) FROM contact_link WHERE contact_link.contact_id = contact.id) <= 1
        """,
        contact_ids,
    )
    return frozenset(row["id"] for row in rows)


async def withdrawn_customers_of(tx: Tx, opportunity_ids: Sequence[UUID]) -> list[UUID]:
    """Those customers of these deals that were withdrawn, although the deals go on."""
    rows = await tx.fetch(
        """
        SELECT customer.id
          FROM deal
          JOIN customer ON customer.id = deal.customer_id
         WHERE deal.opportunity_id = ANY($1)
           AND deal.status <> 'withdrawn'
           AND customer.withdrawn_at IS NOT NULL
        """,
        opportunity_ids,
    )
    return [row["id"] for row in rows]


async def note_worked_on(tx: Tx, customer_ids: Sequence[UUID]) -> None:
    """Somebody did something about these customers."""
    await tx.execute(
        "UPDATE customer SET worked_on = true WHERE id = ANY($1) AND NOT worked_on", customer_ids
    )


async def lock_names(tx: Tx, customer_id: UUID) -> None:
    """Nobody is led to the customer by its names until the transaction ends: names first, it after."""
    await tx.execute(
        """
        SELECT company_key
          FROM customer_name
         WHERE customer_id = $1
         ORDER BY company_key
           FOR UPDATE
        """,
        customer_id,
    )


async def release_names(tx: Tx, customer_id: UUID) -> None:
    """The names of a customer that is withdrawn lead to nobody."""
    await tx.execute("DELETE FROM customer_name WHERE customer_id = $1", customer_id)


def _conversion(row: Record) -> Conversion:
    return Conversion(**{**row, "kept_for": tuple(row["kept_for"])})

"""Product lines with customers, as they are read in order to change them."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from services.opportunities.domain.customer_line import CustomerLine
from shared.db import Tx


async def lock(tx: Tx, id: UUID) -> CustomerLine | None:
    """The line, if somebody was ever given it."""
    row = await tx.fetchrow(
        """
        SELECT id, customer_id, product_line, owner_id, unit_id, since, sequence
          FROM customer_line
         WHERE id = $1
           FOR UPDATE
        """,
        id,
    )
    return CustomerLine(**row) if row else None


async def lock_new(tx: Tx, customer_id: UUID) -> None:
    """One line of a customer at a time is given for the first time."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('customer line ' || $1::text, 0))",
        str(customer_id),
    )


async def save(tx: Tx, held: CustomerLine) -> None:
    """Write a line, new or known."""
    await save_all(tx, [held])


async def save_all(tx: Tx, lines: Sequence[CustomerLine]) -> None:
    """Write lines, new and known."""
    await tx.execute(
        """
        INSERT INTO customer_line (id, customer_id, product_line, owner_id, unit_id, since, sequence)
        SELECT id, customer_id, product_line, owner_id, unit_id, since, sequence
          FROM jsonb_populate_recordset(NULL::customer_line, $1)
            ON CONFLICT (id) DO UPDATE
           SET owner_id = excluded.owner_id,
               unit_id = excluded.unit_id,
               since = excluded.since,
               sequence = excluded.sequence
        """,
        [asdict(line) for line in lines],
    )


async def is_a_line(tx: Tx, product_line: str) -> bool:
    """Whether there are products of it."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM product WHERE series = $1 AND active)", product_line
    )

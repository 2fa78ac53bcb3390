"""Products, as they are read in order to change them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.opportunities.domain.product import Product
from services.opportunities.repository import external
from shared.db import Tx


async def lock(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Product]:
    """Those of the products that exist."""
    rows = await tx.fetch(
        """
        SELECT id, code, name, series, list_price, currency, active,
               external_system, external_id, sequence
          FROM product
         WHERE id = ANY($1::uuid[])
         ORDER BY id
           FOR NO KEY UPDATE
        """,
        list(ids),
    )
    return {row["id"]: _product(row) for row in rows}


async def ids_by_code(tx: Tx, codes: Collection[str]) -> dict[str, UUID]:
    """Which product has each code."""
    rows = await tx.fetch("SELECT code, id FROM product WHERE code = ANY($1::text[])", list(codes))
    return {row["code"]: row["id"] for row in rows}


async def save(tx: Tx, products: Sequence[Product], *, now: datetime) -> None:
    """Write products, new and known."""
    await tx.execute(
        """
        INSERT INTO product (id, code, name, series, list_price, currency, active,
                             external_system, external_id, sequence, created_at)
        SELECT id, code, name, series, list_price, currency, active,
               external_system, external_id, sequence, $2
          FROM jsonb_to_recordset($1)
            AS row (id uuid, code text, name text, series text, list_price numeric, currency text,
                    active boolean, external_system text, external_id text, sequence int)
            ON CONFLICT (id) DO UPDATE
           SET code = excluded.code,
               name = excluded.name,
               series = excluded.series,
               list_price = excluded.list_price,
               currency = excluded.currency,
               active = excluded.active,
               sequence = excluded.sequence
        """,
        [external.row_of(product) for product in products],
        now,
    )


def _product(row: asyncpg.Record) -> Product:
    return Product(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        series=row["series"],
        list_price=row["list_price"],
        currency=row["currency"],
        active=row["active"],
        external=external.id_of(row),
        sequence=row["sequence"],
    )

"""The products and sellers that deals and histories name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.opportunities.domain.ownership import Owner
from services.opportunities.domain.product import Product
from shared.db import Tx
from shared.ids import external_id


async def product(tx: Tx, id: UUID) -> Product | None:
    """The product, if the catalogue has it."""
    return (await products(tx, [id])).get(id)


async def series(tx: Tx, product_id: UUID) -> str:
    """The product line that a product is of; blank for none."""
    return await tx.fetchval("SELECT series FROM product WHERE id = $1", product_id) or ""


async def products(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Product]:
    """Those of the products that the catalogue has."""
    rows = await tx.fetch(
        """
        SELECT id, code, name, list_price, currency
          FROM product
         WHERE id = ANY($1::uuid[])
        """,
        ids,
    )
    return {row["id"]: _product(row) for row in rows}


async def products_named(tx: Tx, system: str, names: Sequence[str]) -> dict[str, Product]:
    """The product each name means: an id in that system, else a code, else a name nobody shares."""
    rows = await tx.fetch(
        """
        SELECT wanted.name AS wanted,
               CASE WHEN product.id = wanted.id THEN 0
                    WHEN product.code = wanted.name THEN 1
                    ELSE 2 END AS rank,
               product.id, product.code, product.name, product.list_price, product.currency
          FROM unnest($1::text[], $2::uuid[]) AS wanted (name, id)
          JOIN product
            ON product.id = wanted.id
            OR product.code = wanted.name
            OR product.name = wanted.name
        """,
        names,
        [external_id("product", system, name) for name in names],
    )
    return {name: _product(row) for name, row in _unambiguous(rows).items()}


async def sellers_named(tx: Tx, system: str, names: Sequence[str]) -> dict[str, Owner]:
    """The seller each name means: an id in that system, else a user name, else an unshared name."""
    rows = await tx.fetch(
        """
        SELECT wanted.name AS wanted,
               CASE WHEN person.id = wanted.id THEN 0
                    WHEN person.username = lower(wanted.name) THEN 1
                    ELSE 2 END AS rank,
               person.id, person.unit_id
          FROM unnest($1::text[], $2::uuid[]) AS wanted (name, id)
          JOIN person
            ON person.id = wanted.id
            OR person.username = lower(wanted.name)
            OR person.name = wanted.name
        """,
        names,
        [external_id("person", system, name) for name in names],
    )
    return {
        name: Owner(person_id=row["id"], unit_id=row["unit_id"])
        for name, row in _unambiguous(rows).items()
    }


@dataclass(frozen=True)
class _Best:
    row: Any
    shared: bool = False


def _unambiguous(rows: Sequence[Any]) -> dict[str, Any]:
    """The best match for each name; none when two are equally good."""
    best: dict[str, _Best] = {}
    for row in sorted(rows, key=lambda row: row["rank"]):
        known = best.get(row["wanted"])
        if known is None:
            best[row["wanted"]] = _Best(row)
        elif known.row["rank"] == row["rank"]:
            best[row["wanted"]] = _Best(row=known.row, shared=True)
    return {name: match.row for name, match in best.items() if not match.shared}


def _product(row: Any) -> Product:
    return Product(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        list_price=row["list_price"],
        currency=row["currency"],
    )

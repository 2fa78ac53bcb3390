"""Taking a price list in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.opportunities.domain.definition import Definition, define
from services.opportunities.domain.product import Product
from services.opportunities.handlers.announce import announce
from services.opportunities.repository import person as people
from services.opportunities.repository import product as products
from services.opportunities.schemas.product_import import ProductRow
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import AnyDirectoryEvent
from shared.db import Tx
from shared.ids import external_id
from shared.imports import RowOutcome, Run


async def import_products(
    tx: Tx, rows: Sequence[tuple[int, ProductRow]], *, run: Run, now: datetime
) -> Sequence[RowOutcome]:
    """Define the products of these rows; what is so already says nothing."""
    if not await people.is_operator(tx, run.actor_id):
        return [_rejected(number, "", "Only an operator changes products") for number, _ in rows]
    wanted = {number: _product(row, run.system) for number, row in rows}
    known = await products.lock(tx, {product.id for product in wanted.values()})
    codes = await products.ids_by_code(tx, {product.code for product in wanted.values()})
    outcomes: list[RowOutcome] = []
    defined: list[tuple[Definition, Sequence[AnyDirectoryEvent]]] = []
    changed: list[Product] = []
    for number, product in wanted.items():
        if codes.get(product.code, product.id) != product.id:
            reason = f"Another product has the code {product.code}"
            outcomes.append(_rejected(number, "code", reason))
            continue
        after, events = define(known.get(product.id), product)
        if events:
            defined.append((after, events))
            changed.append(after)
        effect = "created" if product.id not in known else "updated" if events else "unchanged"
        outcomes.append(RowOutcome(row=number, effect=effect))
    await products.save(tx, changed, now=now)
    before: dict[UUID, Definition] = {**known}
    await announce(tx, defined, before=before, why="import", now=now)
    return outcomes


def _product(row: ProductRow, system: str) -> Product:
    return Product(
        id=external_id("product", system, row.identity),
        code=row.identity,
        name=row.name,
        series=row.series,
        list_price=row.list_price,
        currency=row.currency,
        active=row.active,
        external=ExternalId(system=system, id=row.identity),
    )


def _rejected(number: int, field: str, reason: str) -> RowOutcome:
    return RowOutcome(row=number, effect="rejected", field=field, reason=reason)

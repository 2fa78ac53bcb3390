"""Products: add and change them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.opportunities.domain.definition import define
from services.opportunities.domain.product import Product
from services.opportunities.handlers.announce import announce
from services.opportunities.handlers.versions import check_version
from services.opportunities.repository import product as products
from shared.db import Tx
from shared.refusals import NotFound


async def add_product(tx: Tx, *, wanted: Product, now: datetime) -> Product:
    """Put a product on the list."""
    return await _define(tx, None, wanted, now=now)


async def change_product(
    tx: Tx, *, product_id: UUID, changes: Mapping[str, Any], if_match: int | None, now: datetime
) -> Product:
    """Change what is said of a product; deals keep the list price they were made with."""
    current = (await products.lock(tx, [product_id])).get(product_id)
    if current is None:
        raise NotFound
    check_version(current.sequence, if_match)
    return await _define(tx, current, replace(current, **changes), now=now)


async def _define(tx: Tx, current: Product | None, wanted: Product, *, now: datetime) -> Product:
    known, events = define(current, wanted)
    await products.save(tx, [known], now=now)
    before = {known.id: current} if current else {}
    await announce(tx, [(known, events)], before=before, now=now)
    return known

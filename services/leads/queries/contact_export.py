"""Contacts as they go out in files, page by page, as far as the reader may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.leads.queries.persons import is_owner, reachable
from services.leads.repository.rows import opened_row
from services.leads.schemas.contact_export import ContactExport, contact_cells
from shared.db import Tx
from shared.exports import Cell

PAGE = 2_000
PAGE_OF_NAMES = 20_000

Place = tuple[datetime, UUID]


async def custom_fields(
    tx: Tx, after: Place | None, *, wanted: ContactExport
) -> tuple[Sequence[str], Place | None]:
    """The names of the custom fields of one page of contacts."""
    rows = await _rows(tx, after, wanted, limit=PAGE_OF_NAMES)
    names = {
        name
        for row in rows
        for name in (*row["attributes"], *opened_row(tx, "contact", row).attributes)
    }
    ended = len(rows) < PAGE_OF_NAMES
    return sorted(names), None if ended else (rows[-1]["added_at"], rows[-1]["id"])


async def contacts(
    tx: Tx, after: Place | None, *, wanted: ContactExport, custom: Sequence[str], revealed: bool
) -> tuple[Sequence[Sequence[Cell]], Place | None]:
    """One page of contacts as rows of a file, the newest first."""
    rows = await _rows(tx, after, wanted, limit=PAGE)
    page = [contact_cells(_shown(tx, row, revealed=revealed), custom) for row in rows]
    return page, None if len(rows) < PAGE else (rows[-1]["added_at"], rows[-1]["id"])


async def _rows(
    tx: Tx, after: Place | None, wanted: ContactExport, *, limit: int
) -> list[dict[str, Any]]:
    rows = await tx.fetch(
        """
        SELECT contact.id, contact.customer_id, customer.name AS customer_name, link.role,
               contact.lead_id, contact.sealed, contact.attributes, contact.external_system,
               contact.external_id, contact.unit_id, contact.owner_id, contact.added_at
          FROM contact
          JOIN customer ON customer.id = contact.customer_id
          JOIN contact_link AS link
            ON link.contact_id = contact.id AND link.customer_id = contact.customer_id
         WHERE ($1 OR contact.unit_id = ANY($2) OR contact.owner_id = $3)
           AND contact.merged_into IS NULL
           AND contact.withdrawn_at IS NULL
           AND contact.erased_at IS NULL
           AND ($4::uuid IS NULL OR contact.customer_id = $4)
           AND ($5::timestamptz IS NULL OR (contact.added_at, contact.id) < ($5, $6::uuid))
         ORDER BY contact.added_at DESC, contact.id DESC
         LIMIT $7
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        wanted.customer_id,
        *(after or (None, None)),
        limit,
    )
    return [dict(row) for row in rows]


def _shown(tx: Tx, row: dict[str, Any], *, revealed: bool) -> dict[str, Any]:
    said = opened_row(tx, "contact", row)
    return {**row, **reachable(row, said, openly=revealed or is_owner(tx, row))}

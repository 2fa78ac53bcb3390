"""Leads as they go out in files, page by page, as far as the reader may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.leads.queries.persons import is_owner, reachable
from services.leads.repository.rows import opened_row
from services.leads.schemas.customer_export import CustomerExport, customer_cells
from services.leads.schemas.lead import LeadFilter
from services.leads.schemas.lead_export import cells
from shared.db import Tx
from shared.exports import Cell

PAGE = 2_000
PAGE_OF_NAMES = 20_000

Place = tuple[datetime, UUID]


async def custom_fields(
    tx: Tx, after: Place | None, *, wanted: LeadFilter
) -> tuple[Sequence[str], Place | None]:
    """The names of the custom fields of one page of leads."""
    rows = await tx.fetch(
        """
        SELECT id, captured_at, sealed, ARRAY(SELECT jsonb_object_keys(attributes)) AS names
          FROM lead
         WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
           AND CASE WHEN $4::text IS NULL THEN state NOT IN ('merged', 'withdrawn')
                    ELSE state = $4 END
           AND ($5::text IS NULL OR grade = $5)
           AND ($6::text IS NULL OR channel = $6)
           AND ($7::text IS NULL OR source = $7)
           AND ($8::uuid IS NULL OR owner_id = $8)
           AND ($9::uuid IS NULL OR unit_id = $9)
           AND ($10::timestamptz IS NULL OR captured_at >= $10)
           AND ($11::timestamptz IS NULL OR captured_at < $11)
           AND ($12::timestamptz IS NULL OR (captured_at, id) < ($12, $13::uuid))
         ORDER BY captured_at DESC, id DESC
         LIMIT $14
        """,
        *_filter(tx, wanted),
        *_behind(after),
        PAGE_OF_NAMES,
    )
    names = {
        name for row in rows for name in (*row["names"], *opened_row(tx, "lead", row).attributes)
    }
    ended = len(rows) < PAGE_OF_NAMES
    return sorted(names), None if ended else (rows[-1]["captured_at"], rows[-1]["id"])


async def leads(
    tx: Tx,
    after: Place | None,
    *,
    wanted: LeadFilter,
    custom: Sequence[str],
    revealed: bool,
) -> tuple[Sequence[Sequence[Cell]], Place | None]:
    """One page of leads as rows of a file, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, state, grade, score, channel, source, origin, campaign, company_name, region,
               industry, product_id, credit_code, external_system, external_id, sealed, attributes,
               do_not_email, do_not_call, unit_id, owner_id, outcome, captured_at, touched_at, touches,
               disqualified_for, customer_id, opportunity_id,
               ARRAY(SELECT tag FROM lead_tag WHERE lead_id = lead.id AND is_on ORDER BY tag) AS tags
          FROM lead
         WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
           AND CASE WHEN $4::text IS NULL THEN state NOT IN ('merged', 'withdrawn')
                    ELSE state = $4 END
           AND ($5::text IS NULL OR grade = $5)
           AND ($6::text IS NULL OR channel = $6)
           AND ($7::text IS NULL OR source = $7)
           AND ($8::uuid IS NULL OR owner_id = $8)
           AND ($9::uuid IS NULL OR unit_id = $9)
           AND ($10::timestamptz IS NULL OR captured_at >= $10)
           AND ($11::timestamptz IS NULL OR captured_at < $11)
           AND ($12::timestamptz IS NULL OR (captured_at, id) < ($12, $13::uuid))
         ORDER BY captured_at DESC, id DESC
         LIMIT $14
        """,
        *_filter(tx, wanted),
        *_behind(after),
        PAGE,
    )
    page = [cells(_shown(tx, dict(row), revealed=revealed), custom) for row in rows]
    return page, None if len(rows) < PAGE else (rows[-1]["captured_at"], rows[-1]["id"])


async def customers(
    tx: Tx, after: Place | None, *, wanted: CustomerExport, custom: Sequence[str]
) -> tuple[Sequence[Sequence[Cell]], Place | None]:
    """One page of customers as rows of a file, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, name, industry, region, level, parent_name, credit_code, attributes,
               external_system, external_id, unit_id, owner_id, lead_id, registered_at
          FROM customer
         WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
           AND merged_into IS NULL
           AND ($4::text IS NULL OR industry = $4)
           AND ($5::text IS NULL OR region = $5)
           AND ($6::timestamptz IS NULL OR (registered_at, id) < ($6, $7::uuid))
         ORDER BY registered_at DESC, id DESC
         LIMIT $8
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        wanted.industry,
        wanted.region,
        *_behind(after),
        PAGE,
    )
    page = [customer_cells(dict(row), custom) for row in rows]
    return page, None if len(rows) < PAGE else (rows[-1]["registered_at"], rows[-1]["id"])


async def custom_fields_of_customers(
    tx: Tx, after: UUID | None
) -> tuple[Sequence[str], UUID | None]:
    """The names of the custom fields of one page of customers."""
    row = await tx.fetchrow(
        """
        WITH page AS MATERIALIZED (
            SELECT id, attributes
              FROM customer
             WHERE ($1 OR unit_id = ANY($2) OR owner_id = $3)
               AND merged_into IS NULL
               AND ($4::uuid IS NULL OR id > $4)
             ORDER BY id
             LIMIT $5
        )
        SELECT array(SELECT DISTINCT jsonb_object_keys(attributes) FROM page) AS names,
               count(*) AS found, max(id::text)::uuid AS last
          FROM page
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        after,
        PAGE_OF_NAMES,
    )
    if row is None:
        return (), None
    return row["names"], row["last"] if row["found"] == PAGE_OF_NAMES else None


def _filter(tx: Tx, wanted: LeadFilter) -> tuple[object, ...]:
    return (
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        wanted.state,
        wanted.grade,
        wanted.channel,
        wanted.source,
        wanted.owner_id,
        wanted.unit_id,
        wanted.captured_from,
        wanted.captured_before,
    )


def _behind(after: Place | None) -> tuple[datetime | None, UUID | None]:
    return after or (None, None)


def _shown(tx: Tx, row: dict[str, Any], *, revealed: bool) -> dict[str, Any]:
    said = opened_row(tx, "lead", row)
    return {**row, **reachable(row, said, openly=revealed or is_owner(tx, row))}

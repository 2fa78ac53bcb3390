"""Customers, as far as the reader may see them."""

from uuid import UUID

from services.leads.domain.refusals import CustomerNotFound
from services.leads.repository.rows import external_of
from services.leads.schemas.customer import CustomerFilter, CustomerOut
from shared.db import Tx
from shared.web import Page, PageRequest


async def customer_page(tx: Tx, wanted: CustomerFilter, page: PageRequest) -> Page[CustomerOut]:
    """Customers, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, name, industry, region, level, parent_name, credit_code, is_dealer,
               external_system, external_id, attributes, lead_id, parent_id, merged_into,
               withdrawn_at, unit_id, owner_id, registered_at
          FROM customer
         WHERE ($1
                OR unit_id = ANY($2)
                OR owner_id = $3
                OR id IN (SELECT customer_id
                            FROM customer_line AS line
                           WHERE line.unit_id = ANY($2) OR line.owner_id = $3))
           AND merged_into IS NULL
           AND withdrawn_at IS NULL
           AND ($4::text IS NULL OR industry = $4)
           AND ($5::text IS NULL OR region = $5)
           AND ($6::boolean IS NULL OR is_dealer = $6)
           AND ($7::uuid IS NULL OR parent_id = $7)
           AND ($8::timestamptz IS NULL OR (registered_at, id) < ($8, $9::uuid))
         ORDER BY registered_at DESC, id DESC
         LIMIT $10
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        wanted.industry,
        wanted.region,
        wanted.is_dealer,
        wanted.parent_id,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    found = [CustomerOut.model_validate({**row, "external": external_of(row)}) for row in rows]
    return page.page(found, sort=lambda one: (one.registered_at, one.id))


async def customer(tx: Tx, customer_id: UUID) -> CustomerOut:
    """One customer."""
    row = await tx.fetchrow(
        """
        SELECT id, sequence, name, industry, region, level, parent_name, credit_code, is_dealer,
               external_system, external_id, attributes, lead_id, parent_id, merged_into,
               withdrawn_at, unit_id, owner_id, registered_at
          FROM customer
         WHERE id = $1
           AND ($2
                OR unit_id = ANY($3)
                OR owner_id = $4
                OR id IN (SELECT customer_id
                            FROM customer_line AS line
                           WHERE line.unit_id = ANY($3) OR line.owner_id = $4))
        """,
        customer_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise CustomerNotFound(customer_id=customer_id)
    return CustomerOut.model_validate({**row, "external": external_of(row)})

"""Customers, and which of them a company name leads to."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from asyncpg import Record

from services.leads.domain.customer import Customer
from services.leads.domain.refusals import CustomerNotFound
from services.leads.repository.rows import external_of
from shared.contracts.leads import CustomerFacts
from shared.db import Tx


async def lock(tx: Tx, customer_id: UUID) -> Customer:
    """One customer that the transaction may see, locked."""
    found = await lock_all(tx, [customer_id])
    if customer_id not in found:
        raise CustomerNotFound(customer_id=customer_id)
    return found[customer_id]


async def lock_all(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, Customer]:
    """Those of these customers that exist and that the transaction may see, in one fixed order."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, name, company_key, industry, region, level, parent_name,
               credit_code, is_dealer, external_system, external_id, attributes, lead_id, parent_id,
               merged_into, withdrawn_at, unit_id, owner_id, registered_at
          FROM customer
         WHERE id = ANY($1)
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
         ORDER BY id
           FOR UPDATE
        """,
        customer_ids,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    return {row["id"]: customer_of(row) for row in rows}


async def claim_names(tx: Tx, asked: Mapping[str, UUID]) -> dict[str, UUID]:
    """Let company names lead to these customers; where each of them leads to now."""
    rows = await tx.fetch(
        """
        INSERT INTO customer_name AS held (company_key, customer_id)
        SELECT company_key, customer_id
          FROM unnest($1::text[], $2::uuid[]) AS asked (company_key, customer_id)
         ORDER BY company_key
            ON CONFLICT (company_key)
            DO UPDATE
           SET customer_id = held.customer_id
        RETURNING company_key, customer_id
        """,
        list(asked),
        list(asked.values()),
    )
    return {row["company_key"]: row["customer_id"] for row in rows}


async def add_all(tx: Tx, customers: Sequence[Customer]) -> None:
    """Store new customers."""
    await tx.execute(
        """
        INSERT INTO customer
               (id, sequence, name, company_key, industry, region, level, parent_name,
                credit_code, is_dealer, external_system, external_id, attributes, lead_id,
                parent_id, unit_id, owner_id, registered_at)
        SELECT id, sequence, name, company_key, industry, region, level, parent_name,
               credit_code, is_dealer, external_system, external_id, attributes, lead_id,
               parent_id, unit_id, owner_id, registered_at
          FROM jsonb_populate_recordset(NULL::customer, $1)
        """,
        [_row(customer) for customer in customers],
    )


async def save_all(tx: Tx, customers: Sequence[Customer]) -> None:
    """Store what was decided about locked customers. Unit and owner follow other events."""
    await tx.execute(
        """
        UPDATE customer
           SET sequence = new.sequence,
               name = new.name,
               company_key = new.company_key,
               industry = new.industry,
               region = new.region,
               level = new.level,
               parent_name = new.parent_name,
               credit_code = new.credit_code,
               is_dealer = new.is_dealer,
               attributes = new.attributes,
               parent_id = new.parent_id,
               merged_into = new.merged_into,
               withdrawn_at = new.withdrawn_at
          FROM jsonb_populate_recordset(NULL::customer, $1) AS new
         WHERE customer.id = new.id
        """,
        [_row(customer) for customer in customers],
    )


async def row_hashes(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """How the rows of imported customers looked when they were last taken in."""
    rows = await tx.fetch(
        """
        SELECT id, row_hash
          FROM customer
         WHERE id = ANY($1)
           AND row_hash IS NOT NULL
        """,
        customer_ids,
    )
    return {row["id"]: row["row_hash"] for row in rows}


async def remember_rows(tx: Tx, hashes: Mapping[UUID, bytes]) -> None:
    """Note how the rows of imported customers look now."""
    await tx.execute(
        """
        UPDATE customer
           SET row_hash = new.row_hash
          FROM unnest($1::uuid[], $2::bytea[]) AS new (id, row_hash)
         WHERE customer.id = new.id
        """,
        list(hashes),
        list(hashes.values()),
    )


async def forget_rows(tx: Tx, customer_ids: Sequence[UUID]) -> None:
    """Rows of these customers are news again, also if they say what they said before."""
    await tx.execute(
        "UPDATE customer SET row_hash = NULL WHERE id = ANY($1) AND row_hash IS NOT NULL",
        customer_ids,
    )


def customer_of(row: Record) -> Customer:
    """A row of the table as the customer it is."""
    return Customer(
        id=row["id"],
        sequence=row["sequence"],
        facts=CustomerFacts(
            name=row["name"],
            industry=row["industry"],
            region=row["region"],
            level=row["level"],
            parent_name=row["parent_name"],
            credit_code=row["credit_code"],
            is_dealer=row["is_dealer"],
            external=external_of(row),
        ),
        company_key=row["company_key"],
        attributes=row["attributes"],
        lead_id=row["lead_id"],
        parent_id=row["parent_id"],
        merged_into=row["merged_into"],
        withdrawn_at=row["withdrawn_at"],
        unit_id=row["unit_id"],
        owner_id=row["owner_id"],
        registered_at=row["registered_at"],
    )


def _row(customer: Customer) -> Mapping[str, object]:
    external = customer.facts.external
    return {
        **customer.facts.model_dump(exclude={"external"}),
        "external_system": external.system if external else None,
        "external_id": external.id if external else None,
        "id": customer.id,
        "sequence": customer.sequence,
        "company_key": customer.company_key,
        "attributes": customer.attributes,
        "lead_id": customer.lead_id,
        "parent_id": customer.parent_id,
        "merged_into": customer.merged_into,
        "withdrawn_at": customer.withdrawn_at,
        "unit_id": customer.unit_id,
        "owner_id": customer.owner_id,
        "registered_at": customer.registered_at,
    }

"""Own copies of what `leads` says of customers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.opportunities.domain.subjects import company_core
from shared.contracts.leads import CustomerRegistered, CustomerUpdated
from shared.db import Tx


async def save_registered(tx: Tx, customers: Sequence[CustomerRegistered]) -> None:
    """Keep what is known of new customers."""
    await tx.execute(
        """
        INSERT INTO customer_copy (id, name, company_core, industry, region, level,
                                   external_system, external_id, is_dealer, lead_id, history,
                                   registered_at)
        SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::boolean[], $10::uuid[], $11::boolean[],
                      $12::timestamptz[])
            ON CONFLICT (id) DO NOTHING
        """,
        [customer.customer_id for customer in customers],
        *_customer_facts(customers),
        [customer.lead_id for customer in customers],
        [customer.history for customer in customers],
        [customer.registered_at for customer in customers],
    )


async def save_customers(tx: Tx, customers: Sequence[CustomerUpdated]) -> None:
    """Keep what has changed about customers."""
    await tx.execute(
        """
        UPDATE customer_copy
           SET name = now.name,
               company_core = now.company_core,
               industry = now.industry,
               region = now.region,
               level = now.level,
               external_system = now.external_system,
               external_id = now.external_id,
               is_dealer = now.is_dealer
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                      $7::text[], $8::text[], $9::boolean[])
            AS now (id, name, company_core, industry, region, level, external_system, external_id,
                    is_dealer)
         WHERE customer_copy.id = now.id
        """,
        [customer.customer_id for customer in customers],
        *_customer_facts(customers),
    )


async def save_parents(tx: Tx, parents: Mapping[UUID, UUID | None]) -> None:
    """Keep below whom customers stand in their group."""
    await tx.execute(
        """
        UPDATE customer_copy
           SET parent_id = said.parent_id
          FROM unnest($1::uuid[], $2::uuid[]) AS said (id, parent_id)
         WHERE customer_copy.id = said.id
        """,
        list(parents),
        list(parents.values()),
    )


async def save_withdrawn(tx: Tx, customer_ids: Sequence[UUID], *, withdrawn: bool) -> None:
    """Keep that these are no customers any more, with nothing left to do about them; or that they are."""
    await tx.execute(
        """
        WITH gone AS (
            UPDATE customer_copy
               SET withdrawn = $2
             WHERE id = ANY($1::uuid[])
        )
        UPDATE ownership
           SET open = NOT $2
         WHERE subject_kind = 'customer'
           AND subject_id = ANY($1)
        """,
        customer_ids,
        withdrawn,
    )


def _customer_facts(
    customers: Sequence[CustomerRegistered] | Sequence[CustomerUpdated],
) -> tuple[Sequence[object], ...]:
    facts = [customer.facts for customer in customers]
    return (
        [fact.name for fact in facts],
        [company_core(fact.name) for fact in facts],
        [fact.industry for fact in facts],
        [fact.region for fact in facts],
        [fact.level for fact in facts],
        [fact.external.system if fact.external else None for fact in facts],
        [fact.external.id if fact.external else None for fact in facts],
        [fact.is_dealer for fact in facts],
    )

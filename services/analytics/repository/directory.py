"""Units, people, products and customers: each event says all there is, the latest holds."""

from services.analytics.repository import Facts
from shared.db import Tx


async def save_units(tx: Tx, facts: Facts) -> None:
    """Units as last described."""
    await tx.execute(
        """
        INSERT INTO unit (unit_id, name, kind, parent_id, lead_person_id, active, known_at)
        SELECT unit_id, name, kind, parent_id, lead_person_id, active, known_at
        FROM jsonb_to_recordset($1) AS heard (
            unit_id uuid, name text, kind text, parent_id uuid, lead_person_id uuid, active boolean,
            known_at timestamptz
        )
        ON CONFLICT (unit_id) DO UPDATE
        SET name = excluded.name,
            kind = excluded.kind,
            parent_id = excluded.parent_id,
            lead_person_id = excluded.lead_person_id,
            active = excluded.active,
            known_at = excluded.known_at
        """,
        facts,
    )


async def save_people(tx: Tx, facts: Facts) -> None:
    """Members of staff as last described."""
    await tx.execute(
        """
        INSERT INTO person (person_id, name, unit_id, roles, active, known_at)
        SELECT person_id, name, unit_id, roles, active, known_at
        FROM jsonb_to_recordset($1) AS heard (
            person_id uuid, name text, unit_id uuid, roles text[], active boolean, known_at timestamptz
        )
        ON CONFLICT (person_id) DO UPDATE
        SET name = excluded.name,
            unit_id = excluded.unit_id,
            roles = excluded.roles,
            active = excluded.active,
            known_at = excluded.known_at
        """,
        facts,
    )


async def save_products(tx: Tx, facts: Facts) -> None:
    """Products as last described."""
    await tx.execute(
        """
        INSERT INTO product (product_id, code, name, series, list_price, currency, active, known_at)
        SELECT product_id, code, name, series, list_price, currency, active, known_at
        FROM jsonb_to_recordset($1) AS heard (
            product_id uuid, code text, name text, series text, list_price numeric, currency text,
            active boolean, known_at timestamptz
        )
        ON CONFLICT (product_id) DO UPDATE
        SET code = excluded.code,
            name = excluded.name,
            series = excluded.series,
            list_price = excluded.list_price,
            currency = excluded.currency,
            active = excluded.active,
            known_at = excluded.known_at
        """,
        facts,
    )


async def register_customers(tx: Tx, facts: Facts) -> None:
    """Organisations that are now customers."""
    await tx.execute(
        """
        INSERT INTO customer (customer_id, name, industry, region, level, lead_id, registered_at, known_at)
        SELECT customer_id, name, industry, region, level, lead_id, registered_at, known_at
        FROM jsonb_to_recordset($1) AS heard (
            customer_id uuid, name text, industry text, region text, level text, lead_id uuid,
            registered_at timestamptz, known_at timestamptz
        )
        """,
        facts,
    )


async def update_customers(tx: Tx, facts: Facts) -> None:
    """Customers whose facts have changed."""
    await tx.execute(
        """
        UPDATE customer
        SET name = heard.name,
            industry = heard.industry,
            region = heard.region,
            level = heard.level
        FROM jsonb_to_recordset($1) AS heard (
            customer_id uuid, name text, industry text, region text, level text
        )
        WHERE customer.customer_id = heard.customer_id
        """,
        facts,
    )


async def redirect_customers(tx: Tx, facts: Facts) -> None:
    """Customers that turned out to be others, or that are their own again."""
    await tx.execute(
        """
        UPDATE customer
        SET merged_into = heard.into_id
        FROM jsonb_to_recordset($1) AS heard (customer_id uuid, into_id uuid)
        WHERE customer.customer_id = heard.customer_id
        """,
        facts,
    )


async def withdraw_customers(tx: Tx, facts: Facts) -> None:
    """Customers that went with the conversion that had made them, or that came back."""
    await tx.execute(
        """
        UPDATE customer
        SET withdrawn_at = heard.withdrawn_at
        FROM jsonb_to_recordset($1) AS heard (customer_id uuid, withdrawn_at timestamptz)
        WHERE customer.customer_id = heard.customer_id
        """,
        facts,
    )

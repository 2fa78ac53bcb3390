"""How many records came from another system, for comparing with what it says itself."""

from services.leads.domain.identity import external_key
from shared.db import Tx
from shared.imports.comparing import Counted, Sum, Sums


async def leads(tx: Tx, system: str, by: str) -> Sums:
    """Records that came as leads, also those that joined another: each counts where it ended."""
    rows = await tx.fetch(
        """
        SELECT CASE $2::text
                   WHEN 'outcome' THEN coalesce(lead.outcome, '')
                   WHEN 'state' THEN lead.state
                   WHEN 'source' THEN lead.source
                   WHEN 'unit' THEN coalesce(access_unit.name, '')
                   ELSE ''
               END AS value,
               count(*) AS records
          FROM lead_identity
          JOIN lead ON lead.id = lead_identity.lead_id
          LEFT JOIN access_unit ON access_unit.unit_id = lead.unit_id
         WHERE lead_identity.kind = 'external'
           AND starts_with(lead_identity.value, $1)
           AND lead.state <> 'withdrawn'
         GROUP BY 1
        """,
        external_key(system, "").value,
        by,
    )
    return {row["value"]: Sum(count=row["records"]) for row in rows}


async def customers(tx: Tx, system: str, by: str) -> Sums:
    """Records that came as customers."""
    rows = await tx.fetch(
        """
        SELECT CASE $2::text
                   WHEN 'industry' THEN customer.industry
                   WHEN 'region' THEN customer.region
                   WHEN 'unit' THEN coalesce(access_unit.name, '')
                   ELSE ''
               END AS value,
               count(*) AS records
          FROM customer
          LEFT JOIN access_unit ON access_unit.unit_id = customer.unit_id
         WHERE customer.external_system = $1
         GROUP BY 1
        """,
        system,
        by,
    )
    return {row["value"]: Sum(count=row["records"]) for row in rows}


async def contacts(tx: Tx, system: str, by: str) -> Sums:
    """Records that came as contacts."""
    rows = await tx.fetch(
        """
        SELECT CASE $2::text
                   WHEN 'unit' THEN coalesce(access_unit.name, '')
                   ELSE ''
               END AS value,
               count(*) AS records
          FROM contact
          LEFT JOIN access_unit ON access_unit.unit_id = contact.unit_id
         WHERE contact.external_system = $1
         GROUP BY 1
        """,
        system,
        by,
    )
    return {row["value"]: Sum(count=row["records"]) for row in rows}


COUNTED = (
    Counted(kind="leads", by=("outcome", "state", "source", "unit"), count=leads),
    Counted(kind="customers", by=("industry", "region", "unit"), count=customers),
    Counted(kind="contacts", by=("unit",), count=contacts),
)

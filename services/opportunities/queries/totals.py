"""How many deals and files came from another system and what they are worth, for comparing with what it says."""

from shared.db import Tx
from shared.imports.comparing import Counted, Sum, Sums


async def opportunities(tx: Tx, system: str, by: str) -> Sums:
    """Deals that were taken over, as they stand now."""
    rows = await tx.fetch(
        """
        SELECT CASE $2::text
                   WHEN 'stage' THEN deal.stage
                   WHEN 'status' THEN deal.status
                   WHEN 'unit' THEN unit.name
                   WHEN 'currency' THEN deal.currency
                   WHEN 'year' THEN to_char(deal.closed_on, 'YYYY')
                   ELSE ''
               END AS value,
               count(*) AS records,
               sum(deal.amount) AS amount
          FROM deal
          LEFT JOIN unit ON unit.id = deal.unit_id
         WHERE deal.external_system = $1
         GROUP BY 1
        """,
        system,
        by,
    )
    return {row["value"] or "": Sum(count=row["records"], amount=row["amount"]) for row in rows}


async def activities(tx: Tx, system: str, by: str) -> Sums:
    """What was done in that system."""
    rows = await tx.fetch(
        """
        SELECT CASE $2::text
                   WHEN 'kind' THEN activity.kind
                   WHEN 'about' THEN activity.subject_kind
                   WHEN 'year' THEN to_char(activity.done_at, 'YYYY')
                   ELSE ''
               END AS value,
               count(*) AS records
          FROM activity
         WHERE activity.system = $1
         GROUP BY 1
        """,
        system,
        by,
    )
    return {row["value"]: Sum(count=row["records"]) for row in rows}


async def documents(tx: Tx, system: str, by: str) -> Sums:
    """Files that were taken over and count; those of erased persons count, too."""
    rows = await tx.fetch(
        """
        SELECT CASE $2::text
                   WHEN 'about' THEN document.subject_kind
                   WHEN 'year' THEN to_char(document.attached_at, 'YYYY')
                   ELSE ''
               END AS value,
               count(*) AS records
          FROM document
         WHERE document.system = $1
           AND document.withdrawn_because IN ('', 'erased')
         GROUP BY 1
        """,
        system,
        by,
    )
    return {row["value"]: Sum(count=row["records"]) for row in rows}


COUNTED = (
    Counted(kind="documents", by=("about", "year"), count=documents),
    Counted(kind="activities", by=("kind", "about", "year"), count=activities),
    Counted(
        kind="opportunities",
        by=("stage", "status", "unit", "currency", "year"),
        count=opportunities,
    ),
)

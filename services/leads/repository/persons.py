"""Whether somebody may see a lead or a contact, and in what way it is theirs."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.leads.repository.rows import Sealed, opened_row
from shared.db import Tx

PersonKind = Literal["lead", "contact"]
Standing = Literal["owner", "deal", "other"]
"""Whose the record is for somebody: their own, of a deal of theirs, or somebody else's."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A person, and by which means they wish to be left alone."""

    said: Sealed
    do_not_call: bool
    do_not_email: bool


async def is_seen(tx: Tx, kind: PersonKind, subject_id: UUID) -> bool:
    """True when the record lies within the caller's scope."""
    return await tx.fetchval(
        """
        SELECT EXISTS (SELECT
                         FROM party
                        WHERE kind = $1
                          AND id = $2
                          AND ($3 OR unit_id = ANY($4) OR owner_id = $5))
        """,
        kind,
        subject_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )


async def standing(tx: Tx, kind: PersonKind, subject_id: UUID, by: UUID) -> Standing:
    """In what way the record is somebody's; one who has a deal need not have the lead or the customer."""
    return await tx.fetchval(
        """
        WITH about AS (
            SELECT owner_id, id AS lead_id, customer_id
              FROM lead
             WHERE $1 = 'lead' AND id = $2
             UNION ALL
            SELECT owner_id, lead_id, customer_id
              FROM contact
             WHERE $1 = 'contact' AND id = $2
        )
        SELECT CASE
                   WHEN EXISTS (SELECT FROM about WHERE owner_id = $3) THEN 'owner'
                   WHEN EXISTS (
                       SELECT
                         FROM about
                         JOIN deal ON deal.lead_id = about.lead_id
                                   OR deal.customer_id = about.customer_id
                         JOIN holding ON holding.subject_kind = 'opportunity'
                                     AND holding.subject_id = deal.opportunity_id
                        WHERE holding.owner_id = $3
                   ) THEN 'deal'
                   ELSE 'other'
               END
        """,
        kind,
        subject_id,
        by,
    )


async def person(tx: Tx, kind: PersonKind, subject_id: UUID) -> Reached | None:
    """Who it is; nothing where there is no such record."""
    row = await tx.fetchrow(
        """
        SELECT party.id, party.sealed,
               coalesce(lead.do_not_call, false) AS do_not_call,
               coalesce(lead.do_not_email, false) AS do_not_email
          FROM party
          LEFT JOIN contact ON contact.id = party.id
          LEFT JOIN lead ON lead.id = coalesce(contact.lead_id, party.id)
         WHERE party.kind = $1
           AND party.id = $2
        """,
        kind,
        subject_id,
    )
    if row is None:
        return None
    return Reached(
        said=opened_row(tx, kind, row),
        do_not_call=row["do_not_call"],
        do_not_email=row["do_not_email"],
    )

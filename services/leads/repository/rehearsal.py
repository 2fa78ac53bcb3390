"""Leads as scoring rules see them, read without touching them."""

from asyncpg import Record

from services.leads.domain.rehearsal import Candidate
from services.leads.repository.rows import opened_row
from shared.db import Tx


async def candidates(tx: Tx, *, months: int, limit: int) -> list[Candidate]:
    """The latest leads that the reader may see, open and closed."""
    rows = await tx.fetch(
        """
        SELECT lead.id, lead.sealed, lead.company_name, lead.owner_id, lead.touched_at, known.won,
               jsonb_build_object(
                   'channel', channel, 'source', source, 'origin', origin, 'campaign', campaign,
                   'company_name', company_name, 'region', region, 'industry', industry,
                   'has_mobile', phone_kind IS NOT DISTINCT FROM 'mobile',
                   'has_phone', phone_kind IS NOT NULL, 'has_mail', has_mail,
                   'do_not_email', do_not_email, 'do_not_call', do_not_call,
                   'attributes', attributes) AS signals,
               touches::double precision AS touches
          FROM lead
          JOIN lead_known AS known ON known.id = lead.id
         WHERE ($1 OR lead.unit_id = ANY($2) OR lead.owner_id = $3)
           AND lead.captured_at >= $4::timestamptz - make_interval(months => $5)
         ORDER BY lead.captured_at DESC, lead.id DESC
         LIMIT $6
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        tx.now,
        months,
        limit,
    )
    return [_candidate(tx, row) for row in rows]


def _candidate(tx: Tx, row: Record) -> Candidate:
    signals = row["signals"]
    if personal := opened_row(tx, "lead", row).attributes:
        signals["attributes"] |= personal
    return Candidate(
        id=row["id"],
        company_name=row["company_name"],
        owner_id=row["owner_id"],
        signals={**signals, "touches": row["touches"]},
        touched_at=row["touched_at"],
        won=row["won"],
    )

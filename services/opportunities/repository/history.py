"""What migration runs said of deals, so that the same file twice changes nothing."""

from collections.abc import Sequence
from uuid import UUID

from services.opportunities.domain.history import TakenOver
from shared.db import Tx


async def one_run_at_a_time(tx: Tx, system: str) -> None:
    """Two runs about one system take turns, batch by batch: both may know the same deals."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('take over ' || $1, 0))", system
    )


async def taken_over(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, TakenOver]:
    """What the last run said of each of the deals."""
    rows = await tx.fetch(
        """
        SELECT opportunity_id, fingerprint, run_id, row_number, sequence, owner_id, made_by, said_by
          FROM taken_over
         WHERE opportunity_id = ANY($1::uuid[])
        """,
        ids,
    )
    return {
        row["opportunity_id"]: TakenOver(
            opportunity_id=row["opportunity_id"],
            fingerprint=row["fingerprint"],
            run_id=row["run_id"],
            row=row["row_number"],
            sequence=row["sequence"],
            owner_id=row["owner_id"],
            made_by=row["made_by"],
            said_by=row["said_by"],
        )
        for row in rows
    }


async def note(tx: Tx, records: Sequence[TakenOver]) -> None:
    """Remember what this run said."""
    await tx.execute(
        """
        INSERT INTO taken_over (opportunity_id, fingerprint, run_id, row_number, sequence, owner_id,
                                made_by, said_by)
        SELECT opportunity_id, fingerprint, run_id, row_number, sequence, owner_id, made_by, said_by
          FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::int[], $5::int[], $6::uuid[],
                      $7::uuid[], $8::uuid[])
            AS row (opportunity_id, fingerprint, run_id, row_number, sequence, owner_id,
                    made_by, said_by)
            ON CONFLICT (opportunity_id) DO UPDATE
           SET fingerprint = excluded.fingerprint,
               run_id = excluded.run_id,
               row_number = excluded.row_number,
               sequence = excluded.sequence,
               owner_id = excluded.owner_id,
               made_by = excluded.made_by,
               said_by = excluded.said_by
        """,
        [record.opportunity_id for record in records],
        [record.fingerprint for record in records],
        [record.run_id for record in records],
        [record.row for record in records],
        [record.sequence for record in records],
        [record.owner_id for record in records],
        [record.made_by for record in records],
        [record.said_by for record in records],
    )

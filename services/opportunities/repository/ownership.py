"""Who has what, as it is read in order to change it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.opportunities.domain.ownership import Ownership
from services.opportunities.repository import response
from shared.contracts.base import SubjectKind
from shared.db import Tx


async def sees(tx: Tx, ownership_id: UUID) -> bool:
    """True when the caller may know of it at all."""
    return await tx.fetchval("SELECT EXISTS (SELECT FROM ownership WHERE id = $1)", ownership_id)


async def lock(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Ownership]:
    """Those of the ownerships that there are."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, unit_id, owner_id, pool_id, previous_owner_id, reasons,
               respond_by, pass_on_at, accepted_at, passed, since, open, history, sequence
          FROM ownership
         WHERE id = ANY($1::uuid[])
         ORDER BY id
           FOR UPDATE
        """,
        list(ids),
    )
    return {row["id"]: _ownership(row) for row in rows}


async def due_to_try(tx: Tx, *, now: datetime, limit: int) -> list[Ownership]:
    """What nobody could be given when directory or configuration were others, or that time is up for."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, unit_id, owner_id, pool_id, previous_owner_id, reasons,
               respond_by, pass_on_at, accepted_at, passed, since, open, history, sequence
          FROM ownership
         WHERE owner_id IS NULL
           AND pool_id IS NULL
           AND open
           AND NOT history
           AND subject_kind <> 'opportunity'
           AND id IN (
               (SELECT id FROM ownership
                 WHERE owner_id IS NULL AND pool_id IS NULL AND open AND NOT history
                   AND tried_epoch < (SELECT epoch FROM directory_epoch)
                                   + (SELECT epoch FROM configuration_epoch)
                 LIMIT $2)
                UNION
               (SELECT id FROM ownership
                 WHERE owner_id IS NULL AND pool_id IS NULL AND open AND NOT history
                   AND try_at <= $1
                 LIMIT $2))
         ORDER BY created_at, id
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_ownership(row) for row in rows]


async def due_to_pass_on(tx: Tx, *, now: datetime, limit: int) -> list[Ownership]:
    """What its owner has neither accepted nor worked on, and that goes to somebody else now."""
    rows = await tx.fetch(
        """
        SELECT id, subject_kind, subject_id, unit_id, owner_id, pool_id, previous_owner_id, reasons,
               respond_by, pass_on_at, accepted_at, passed, since, open, history, sequence
          FROM ownership
         WHERE pass_on_at <= $1
           AND open
           AND (hold_until IS NULL OR hold_until <= $1)
           AND (responded_at IS NULL OR responded_at < since)
         ORDER BY pass_on_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_ownership(row) for row in rows]


async def note_tried(tx: Tx, again: Mapping[UUID, datetime | None], *, epoch: int) -> None:
    """Remember with which directory and configuration these were tried, and when time is up for them."""
    await tx.execute(
        """
        UPDATE ownership
           SET tried_epoch = $3,
               try_at = tried.try_at
          FROM unnest($1::uuid[], $2::timestamptz[]) AS tried (id, try_at)
         WHERE ownership.id = tried.id
        """,
        list(again),
        list(again.values()),
        epoch,
    )


async def owners_of(tx: Tx, kind: SubjectKind, subject_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who owns each of the subjects that are owned."""
    rows = await tx.fetch(
        """
        SELECT subject_id, owner_id
          FROM ownership
         WHERE subject_kind = $1
           AND subject_id = ANY($2::uuid[])
           AND owner_id IS NOT NULL
        """,
        kind,
        list(subject_ids),
    )
    return {row["subject_id"]: row["owner_id"] for row in rows}


async def add(tx: Tx, new: Sequence[Ownership], *, now: datetime) -> frozenset[UUID]:
    """Write new ownerships; the ids of those that nobody else has written in the meantime."""
    rows = await tx.fetch(
        """
        INSERT INTO ownership (id, subject_kind, subject_id, unit_id, owner_id, pool_id,
                               previous_owner_id, reasons, respond_by, pass_on_at, since, open,
                               history, sequence, created_at)
        SELECT id, subject_kind, subject_id, unit_id, owner_id, pool_id,
               previous_owner_id, reasons, respond_by, pass_on_at, since, open, history, sequence,
               $2
          FROM jsonb_to_recordset($1)
            AS row (id uuid, subject_kind text, subject_id uuid, unit_id uuid, owner_id uuid,
                    pool_id uuid, previous_owner_id uuid, reasons text[], respond_by timestamptz,
                    pass_on_at timestamptz, since timestamptz, open boolean, history boolean, sequence int)
            ON CONFLICT (id) DO NOTHING
        RETURNING id
        """,
        [_row(held) for held in new],
        now,
    )
    added = frozenset(row["id"] for row in rows)
    await response.begin(tx, [held for held in new if held.id in added])
    return added


async def save(tx: Tx, changed: Sequence[Ownership]) -> None:
    """Write ownerships that are locked."""
    await tx.execute(
        """
        UPDATE ownership
           SET unit_id = now.unit_id,
               owner_id = now.owner_id,
               pool_id = now.pool_id,
               previous_owner_id = now.previous_owner_id,
               reasons = now.reasons,
               respond_by = now.respond_by,
               pass_on_at = now.pass_on_at,
               accepted_at = now.accepted_at,
               passed = now.passed,
               since = now.since,
               history = now.history,
               sequence = now.sequence
          FROM jsonb_to_recordset($1)
            AS now (id uuid, unit_id uuid, owner_id uuid, pool_id uuid, previous_owner_id uuid,
                    reasons text[], respond_by timestamptz, pass_on_at timestamptz,
                    accepted_at timestamptz, passed jsonb, since timestamptz, history boolean,
                    sequence int)
         WHERE ownership.id = now.id
        """,
        [_row(held) for held in changed],
    )
    await response.end(tx, changed)
    await response.begin(tx, changed)


def _row(held: Ownership) -> dict[str, Any]:
    return {
        "id": held.id,
        "subject_kind": held.subject_kind,
        "subject_id": held.subject_id,
        "unit_id": held.unit_id,
        "owner_id": held.owner_id,
        "pool_id": held.pool_id,
        "previous_owner_id": held.previous_owner_id,
        "reasons": held.reasons,
        "respond_by": held.respond_by,
        "pass_on_at": held.pass_on_at,
        "accepted_at": held.accepted_at,
        "passed": dict(held.passed),
        "since": held.since,
        "open": held.open,
        "history": held.history,
        "sequence": held.sequence,
    }


def _ownership(row: asyncpg.Record) -> Ownership:
    return Ownership(
        id=row["id"],
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        unit_id=row["unit_id"],
        owner_id=row["owner_id"],
        pool_id=row["pool_id"],
        previous_owner_id=row["previous_owner_id"],
        reasons=tuple(row["reasons"]),
        respond_by=row["respond_by"],
        pass_on_at=row["pass_on_at"],
        accepted_at=row["accepted_at"],
        passed=row["passed"],
        since=row["since"],
        open=row["open"],
        history=row["history"],
        sequence=row["sequence"],
    )

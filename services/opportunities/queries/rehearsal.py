"""Rehearsals as they are shown, to those who see the whole enterprise: all leads are in them."""

from uuid import UUID

from services.opportunities.schemas.rehearsal import MoveOut, RehearsalOut
from shared.db import Tx
from shared.web import PageRequest


async def one(tx: Tx, rehearsal_id: UUID) -> RehearsalOut | None:
    """One rehearsal."""
    row = await tx.fetchrow(
        """
        SELECT id, kind, version, in_force, since, until, state, problem, result, seconds, asked_by,
               asked_at, done_at
          FROM rehearsal
         WHERE id = $1
           AND $2
        """,
        rehearsal_id,
        tx.scope.everything,
    )
    return RehearsalOut.model_validate(dict(row)) if row else None


async def of_version(tx: Tx, page: PageRequest, *, kind: str, version: int) -> list[RehearsalOut]:
    """The rehearsals of one version, the latest first."""
    rows = await tx.fetch(
        """
        SELECT id, kind, version, in_force, since, until, state, problem, result, seconds, asked_by,
               asked_at, done_at
          FROM rehearsal
         WHERE kind = $6
           AND version = $1
           AND ($2::timestamptz IS NULL OR (asked_at, id) < ($2, $3::uuid))
           AND $4
         ORDER BY asked_at DESC, id DESC
         LIMIT $5
        """,
        version,
        page.value(0),
        page.value(1),
        tx.scope.everything,
        page.fetch,
        kind,
    )
    return [RehearsalOut.model_validate(dict(row)) for row in rows]


async def moves(tx: Tx, page: PageRequest, *, rehearsal_id: UUID) -> list[MoveOut]:
    """Leads that somebody else would have got, the first that came first."""
    rows = await tx.fetch(
        """
        SELECT position, lead_id, came_at, before_id, after_id, before, after
          FROM rehearsal_move
         WHERE rehearsal_id = $1
           AND ($2::int IS NULL OR position > $2)
         ORDER BY position
         LIMIT $3
        """,
        rehearsal_id,
        page.value(0),
        page.fetch,
    )
    return [MoveOut.model_validate(dict(row)) for row in rows]

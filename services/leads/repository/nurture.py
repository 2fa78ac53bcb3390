"""Plans of touches, and leads whose plan begins or ends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.leads.domain.nurture import Nurture, NurturePolicy, Step
from shared import configuration
from shared.configuration import Configuration
from shared.db import Tx


async def policy(tx: Tx) -> NurturePolicy:
    """The plans there are."""
    return await configuration.current_as(tx, "nurture", _policy)


async def due_to_begin(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Leads that are not ready yet and have no plan, locked."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM lead
         WHERE state = 'open' AND grade = 'C' AND NOT nurtured AND NOT history
           AND touched_at <= $1
         ORDER BY touched_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def due_to_end(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Leads that have a plan and need none any more, locked."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM lead
         WHERE nurtured AND (state <> 'open' OR grade <> 'C')
           AND touched_at <= $1
         ORDER BY touched_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def due_for_touch(tx: Tx, *, now: datetime, limit: int) -> Sequence[Nurture]:
    """Plans whose next touch is due and was not announced, locked, the longest overdue first."""
    rows = await tx.fetch(
        """
        SELECT lead_id, plan, steps, began_at, done, due_at, announced
          FROM nurture
         WHERE due_at <= $1
           AND NOT announced
         ORDER BY due_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [_nurture(row) for row in rows]


async def lock_all(tx: Tx, lead_ids: Sequence[UUID]) -> dict[UUID, Nurture]:
    """The plans that these leads have and that are not at their end, locked in one fixed order."""
    rows = await tx.fetch(
        """
        SELECT lead_id, plan, steps, began_at, done, due_at, announced
          FROM nurture
         WHERE lead_id = ANY($1)
           AND due_at IS NOT NULL
         ORDER BY lead_id
           FOR UPDATE
        """,
        lead_ids,
    )
    return {row["lead_id"]: _nurture(row) for row in rows}


async def save_all(tx: Tx, nurtures: Sequence[Nurture]) -> None:
    """Store plans, new and old, and mark the leads as having one."""
    await tx.execute(
        """
        WITH held AS (
            INSERT INTO nurture (lead_id, plan, steps, began_at, done, due_at, announced)
            SELECT lead_id, plan, steps, began_at, done, due_at, announced
              FROM jsonb_populate_recordset(NULL::nurture, $1)
                ON CONFLICT (lead_id)
                DO UPDATE
               SET done = excluded.done,
                   due_at = excluded.due_at,
                   announced = excluded.announced
            RETURNING lead_id
        )
        UPDATE lead
           SET nurtured = true
          FROM held
         WHERE lead.id = held.lead_id
           AND NOT lead.nurtured
        """,
        [_row(nurture) for nurture in nurtures],
    )


async def end_all(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """Forget the plans of these leads."""
    await tx.execute(
        """
        WITH ended AS (
            DELETE FROM nurture WHERE lead_id = ANY($1)
        )
        UPDATE lead
           SET nurtured = false
         WHERE id = ANY($1)
        """,
        lead_ids,
    )


def _nurture(row: Record) -> Nurture:
    steps = tuple(Step.model_validate(step) for step in row["steps"])
    return Nurture(**{**row, "steps": steps})


def _row(nurture: Nurture) -> dict[str, object]:
    return {
        "lead_id": nurture.lead_id,
        "plan": nurture.plan,
        "steps": [step.model_dump() for step in nurture.steps],
        "began_at": nurture.began_at,
        "done": nurture.done,
        "due_at": nurture.due_at,
        "announced": nurture.announced,
    }


def _policy(active: Configuration) -> NurturePolicy:
    return NurturePolicy.model_validate(active.body)

"""Rehearsals, and the past that they are played on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.opportunities.domain.rehearsal import Move, Past, Rehearsal
from services.opportunities.domain.turns import Candidate
from services.opportunities.repository import routing
from services.opportunities.repository.copies import routable
from shared.contracts.opportunities import Shift
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A rehearsal that somebody has asked for."""

    id: UUID
    kind: str
    """Of the configuration: `routing`, or `routing:<name>`."""
    version: int
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Response:
    """When somebody was given something, and when they responded, or it was theirs no more."""

    owner_id: UUID
    unit_id: UUID
    assigned_at: datetime
    done_at: datetime | None


async def add(tx: Tx, wanted: Wanted, *, by: UUID, now: datetime) -> None:
    """Put it in the queue."""
    await tx.execute(
        """
        INSERT INTO rehearsal (id, kind, version, since, until, state, asked_by, asked_at, due_at)
        VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, $7)
        """,
        wanted.id,
        wanted.kind,
        wanted.version,
        wanted.since,
        wanted.until,
        by,
        now,
    )


async def lease(tx: Tx, *, now: datetime, lasting: timedelta) -> Wanted | None:
    """The one that waits longest, for whoever asks first."""
    row = await tx.fetchrow(
        """
        UPDATE rehearsal
           SET due_at = $1::timestamptz + $2
         WHERE id = (SELECT id
                       FROM rehearsal
                      WHERE due_at <= $1
                        AND state = 'queued'
                      ORDER BY due_at
                      LIMIT 1
                        FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, version, since, until
        """,
        now,
        lasting,
    )
    return Wanted(**row) if row else None


async def finish(
    tx: Tx,
    rehearsal_id: UUID,
    *,
    result: Rehearsal | None,
    moves: Sequence[Move],
    seconds: float,
    problem: str,
    now: datetime,
) -> None:
    """Note what came of it; who notes it a second time changes nothing."""
    done = await tx.fetchval(
        """
        UPDATE rehearsal
           SET state = $2,
               in_force = $3,
               result = $4,
               seconds = $5,
               problem = $6,
               done_at = $7
         WHERE id = $1
           AND state = 'queued'
        RETURNING id
        """,
        rehearsal_id,
        "done" if result else "failed",
        result.before.version or None if result else None,
        result.model_dump(mode="json") if result else None,
        seconds,
        problem,
        now,
    )
    if done is None:
        return
    await tx.execute(
        """
        INSERT INTO rehearsal_move
               (rehearsal_id, position, lead_id, came_at, before_id, after_id, before, after)
        SELECT $1, position, lead_id, came_at, before_id, after_id, before, after
          FROM unnest($2::int[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::uuid[],
                      $7::json[], $8::json[])
            AS move (position, lead_id, came_at, before_id, after_id, before, after)
        """,
        rehearsal_id,
        list(range(len(moves))),
        [move.lead_id for move in moves],
        [move.came_at for move in moves],
        [move.before_id for move in moves],
        [move.after_id for move in moves],
        [move.before for move in moves],
        [move.after for move in moves],
    )


async def past(tx: Tx, *, since: datetime, until: datetime, limit: int) -> list[Past]:
    """The leads that came in a window, the first first; those of history too, for whom nobody was asked.

    Who owns their customer counts where the customer was here before they were.
    """
    rows = await tx.fetch(
        """
        SELECT lead.id, lead.unit_id, lead.region, lead.industry, lead.source, lead.origin,
               lead.channel, lead.campaign, lead.company_name, lead.score, lead.grade,
               lead.wanted_owner_id, product.code AS product, customer.owner_id AS existing_owner_id,
               lead.captured_at, lead.open
          FROM lead_copy AS lead
          LEFT JOIN product ON product.id = lead.product_id
          LEFT JOIN LATERAL (
               SELECT ownership.owner_id
                 FROM customer_copy
                 JOIN ownership ON ownership.subject_kind = 'customer'
                               AND ownership.subject_id = customer_going_on(customer_copy.id)
                WHERE customer_copy.company_core = lead.company_core
                  AND customer_copy.registered_at < lead.captured_at
                  AND NOT customer_copy.withdrawn
                  AND ownership.owner_id IS NOT NULL
                ORDER BY ownership.since DESC, customer_copy.id
                LIMIT 1
               ) AS customer ON lead.company_core <> ''
         WHERE lead.captured_at >= $1
           AND lead.captured_at < $2
           AND (lead.history OR lead.assign_on <> 'never' OR lead.wanted_owner_id IS NOT NULL)
         ORDER BY lead.captured_at, lead.id
         LIMIT $3
        """,
        since,
        until,
        limit,
    )
    return [Past(at=row["captured_at"], subject=routable(row), is_open=row["open"]) for row in rows]


async def people(tx: Tx) -> dict[UUID, tuple[Candidate, tuple[Shift, ...]]]:
    """Everybody who can own something, with their shifts."""
    rows = await tx.fetch(
        """
        SELECT id, unit_id, weight, active, industries, products, skills, languages, level,
               daily_cap, open_cap, shifts
          FROM person
        """
    )
    return {
        row["id"]: (routing.candidate(row), tuple(map(Shift.model_validate, row["shifts"])))
        for row in rows
    }


async def sellers_below(tx: Tx) -> dict[UUID, tuple[UUID, ...]]:
    """The sellers of every unit and of those below it."""
    rows = await tx.fetch(
        """
        SELECT closure.ancestor, array_agg(person.id ORDER BY person.id) AS people
          FROM access_closure AS closure
          JOIN person ON person.unit_id = closure.unit
         WHERE 'seller' = ANY(person.roles)
         GROUP BY closure.ancestor
        """
    )
    return {row["ancestor"]: tuple(row["people"]) for row in rows}


async def responses(tx: Tx, *, now: datetime, most: int) -> list[Response]:
    """The latest responses that each person owed, as many as these; those still in time are none yet."""
    rows = await tx.fetch(
        """
        SELECT owner_id, unit_id, assigned_at, coalesce(responded_at, ended_at) AS done_at
          FROM (SELECT *, row_number() OVER (PARTITION BY owner_id ORDER BY assigned_at DESC) AS number
                  FROM response
                 WHERE respond_by < $1
                    OR responded_at IS NOT NULL) AS owed
         WHERE number <= $2
        """,
        now,
        most,
    )
    return [Response(**row) for row in rows]

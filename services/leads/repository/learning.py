"""Closed leads to learn from, trainings, and how far the times have moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.leads.domain.learning.card import LearnedScore
from services.leads.domain.learning.drift import Drift, Watch
from services.leads.domain.learning.features import Example, Row
from services.leads.domain.learning.policy import LearningPolicy
from shared import configuration
from shared.configuration import Configuration
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Training:
    """Something to learn, who wants it, and why."""

    id: UUID
    wanted_by: UUID | None
    why: str


async def policy(tx: Tx) -> LearningPolicy:
    """What may be learned from."""
    return await configuration.current_as(tx, "learning", _policy)


async def in_force(tx: Tx) -> tuple[int, LearnedScore] | None:
    """The learned score in force and its version; nothing before the first was activated."""
    try:
        return await configuration.current_as(tx, "learned_score", _learned)
    except configuration.NotConfigured:
        return None


async def add_training(tx: Tx, training: Training, *, due_at: datetime) -> None:
    """Want something learned; the schedule wants one thing at a time."""
    await tx.execute(
        """
        INSERT INTO training (id, due_at, wanted_by, why, problem)
        VALUES ($1, $2, $3, $4, '')
            ON CONFLICT ((true)) WHERE finished_at IS NULL AND wanted_by IS NULL
            DO NOTHING
        """,
        training.id,
        due_at,
        training.wanted_by,
        training.why,
    )


async def lease_training(tx: Tx, *, now: datetime, lasting: timedelta) -> Training | None:
    """The training that has been due longest, for whoever asks first."""
    row = await tx.fetchrow(
        """
        UPDATE training
           SET due_at = $1::timestamptz + $2
         WHERE id = (SELECT id
                       FROM training
                      WHERE due_at <= $1
                        AND finished_at IS NULL
                      ORDER BY due_at
                      LIMIT 1
                        FOR UPDATE SKIP LOCKED)
        RETURNING id, wanted_by, why
        """,
        now,
        lasting,
    )
    return None if row is None else Training(**row)


async def finish_training(
    tx: Tx, training_id: UUID, *, version: int | None, problem: str, now: datetime
) -> None:
    """Note what came of it."""
    await tx.execute(
        """
        UPDATE training
           SET finished_at = $2, version = $3, problem = $4
         WHERE id = $1
        """,
        training_id,
        now,
        version,
        problem,
    )


async def closed_leads(tx: Tx, *, since: datetime, limit: int) -> list[Example]:
    """The latest leads that have come to an end."""
    rows = await tx.fetch(
        """
        SELECT id AS lead_id, captured_at, known, won
          FROM lead_known
         WHERE won IS NOT NULL
           AND (outcome IS NOT NULL OR state IN ('converted', 'disqualified'))
           AND captured_at >= $1
         ORDER BY captured_at DESC, id
         LIMIT $2
        """,
        since,
        limit,
    )
    return [Example(**row) for row in rows]


async def open_leads(tx: Tx, *, limit: int) -> list[Row]:
    """What is known of the latest leads that are still worked on."""
    rows = await tx.fetch(
        """
        SELECT known
          FROM lead_known
         WHERE state IN ('open', 'qualified')
         ORDER BY captured_at DESC
         LIMIT $1
        """,
        limit,
    )
    return [row["known"] for row in rows]


async def recent_leads(tx: Tx, *, since: datetime, limit: int) -> list[Row]:
    """What is known of the leads that came in since then, the latest first."""
    rows = await tx.fetch(
        """
        SELECT known
          FROM lead_known
         WHERE captured_at >= $1
         ORDER BY captured_at DESC
         LIMIT $2
        """,
        since,
        limit,
    )
    return [row["known"] for row in rows]


async def lock_unmeasured(tx: Tx, *, now: datetime, limit: int) -> list[int]:
    """The learned score in force, when nobody has looked at its drift for a day."""
    rows = await tx.fetch(
        """
        SELECT version
          FROM configuration
         WHERE kind = 'learned_score'
           AND state = 'activated'
           AND NOT EXISTS (SELECT
                             FROM learned_drift
                            WHERE learned_drift.version = configuration.version
                              AND learned_drift.measured_at > $1::timestamptz - interval '1 day')
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )
    return [row["version"] for row in rows]


async def watch(tx: Tx, version: int) -> Watch:
    """How the learned score, whose configuration is locked, was found last."""
    row = await tx.fetchrow(
        """
        SELECT version, sequence, body -> 'beyond' AS beyond
          FROM learned_drift
         WHERE version = $1
         ORDER BY measured_at DESC
         LIMIT 1
        """,
        version,
    )
    if row is None:
        return Watch(version=version)
    return Watch(version=version, sequence=row["sequence"], beyond=tuple(row["beyond"]))


async def add_drift(tx: Tx, watch: Watch, drift: Drift, *, now: datetime) -> None:
    """Keep what was measured."""
    await tx.execute(
        """
        INSERT INTO learned_drift (version, learned_score_id, measured_at, body, sequence)
        VALUES ($1, $2, $3, $4, $5)
        """,
        watch.version,
        watch.id,
        now,
        drift.model_dump(mode="json"),
        watch.sequence,
    )


def _policy(active: Configuration) -> LearningPolicy:
    return LearningPolicy.model_validate(active.body)


def _learned(active: Configuration) -> tuple[int, LearnedScore]:
    return active.version, LearnedScore.model_validate(active.body)

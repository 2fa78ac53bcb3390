"""Erasures under way, and how far each has come."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.leads.domain.erasure import Circle, Reason, Sought
from services.leads.repository.rows import place_of
from shared.db import Tx


@dataclass(frozen=True, kw_only=True)
class Erasing:
    """An erasure that has not come to its end."""

    id: UUID
    asked_at: datetime
    circle: Circle
    sought: Sought
    step: int
    reached: list[Any] | None


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What one look found, and where the next one begins; nothing is left behind `None`."""

    erased: int
    reached: list[Any] | None


def at(erasing: Erasing, reached: list[Any] | None) -> Erasing:
    """The erasure further on in its step."""
    return replace(erasing, reached=reached)


async def add(
    tx: Tx,
    erasure_id: UUID,
    *,
    subject: tuple[str, UUID],
    reason: Reason,
    circle: Circle,
    sought: Sought,
    erased: dict[str, int],
    now: datetime,
) -> None:
    """Keep what is to be forgotten until it is."""
    plain = orjson.dumps(asdict(sought))
    await tx.execute(
        """
        INSERT INTO erasure (id, subject_kind, subject_id, reason, asked_by, asked_at, lead_ids,
                             contact_ids, erased, sought, step, look_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $6)
        """,
        erasure_id,
        *subject,
        reason,
        tx.actor_id,
        now,
        sorted(circle.lead_ids),
        sorted(circle.contact_ids),
        erased,
        tx.sealer.seal(plain, place=place_of("erasure", erasure_id)),
    )


async def of_subject(tx: Tx, subject_id: UUID) -> UUID | None:
    """The erasure by which this record was forgotten."""
    return await tx.fetchval(
        """
        SELECT id
          FROM erasure
         WHERE $1 = ANY(lead_ids)
            OR $1 = ANY(contact_ids)
         ORDER BY asked_at DESC
         LIMIT 1
        """,
        subject_id,
    )


async def due(tx: Tx, *, now: datetime, limit: int) -> Sequence[Erasing]:  # noqa: ARG001
    """The erasure that was asked for first, locked: one is enough for a transaction."""
    rows = await tx.fetch(
        """
        SELECT id, asked_at, lead_ids, contact_ids, sought, step, reached
          FROM erasure
         WHERE finished_at IS NULL
           AND look_at <= $1
         ORDER BY look_at
         LIMIT 1
           FOR UPDATE SKIP LOCKED
        """,
        now,
    )
    return [
        Erasing(
            id=row["id"],
            asked_at=row["asked_at"],
            circle=Circle(frozenset(row["lead_ids"]), frozenset(row["contact_ids"])),
            sought=_sought(tx, row["id"], row["sought"]),
            step=row["step"],
            reached=row["reached"],
        )
        for row in rows
    ]


async def advance(
    tx: Tx,
    erasing: Erasing,
    *,
    step: int,
    reached: list[Any] | None,
    erased: dict[str, int],
    look_at: datetime,
) -> None:
    """Note how far it has come; what a step erased is added to what was before."""
    await tx.execute(
        """
        UPDATE erasure
           SET step = $2,
               reached = $3,
               look_at = $4,
               erased = erased || (
                   SELECT coalesce(jsonb_object_agg(
                              place, coalesce((erased ->> place)::int, 0) + rows::int), '{}')
                     FROM jsonb_each_text($5) AS found (place, rows))
         WHERE id = $1
        """,
        erasing.id,
        step,
        reached,
        look_at,
        erased,
    )


async def finish(tx: Tx, erasing: Erasing, *, now: datetime) -> None:
    """Nothing is left to look through, nor of whom it was."""
    await tx.execute(
        """
        UPDATE erasure
           SET finished_at = $2, sought = NULL, look_at = NULL, reached = NULL
         WHERE id = $1
        """,
        erasing.id,
        now,
    )


def _sought(tx: Tx, erasure_id: UUID, sealed: bytes) -> Sought:
    said = orjson.loads(tx.sealer.open(sealed, place=place_of("erasure", erasure_id)))
    return Sought(
        points=tuple(said["points"]),
        names=tuple((name, company) for name, company in said["names"]),
    )

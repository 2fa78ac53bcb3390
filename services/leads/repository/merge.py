"""What merges did, and where merged records redirect to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson
from pydantic import JsonValue

from services.leads.domain.refusals import NotMerged
from services.leads.repository.rows import place_of
from shared.db import Tx

MergedKind = Literal["lead", "customer", "contact"]
Keys = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Merge:
    """One merge in force."""

    id: UUID
    survivor_id: UUID
    state_before: str
    taken: Mapping[str, tuple[JsonValue, JsonValue]]
    keys: Keys


async def going_on(tx: Tx, kind: MergedKind, subject_id: UUID) -> UUID:
    """The record that goes on for this one: itself, unless it is merged, perhaps more than once."""
    return await tx.fetchval(
        """
        WITH RECURSIVE road AS (
            SELECT $2::uuid AS id, 0 AS steps
             UNION ALL
            SELECT merge.survivor_id, road.steps + 1
              FROM road
              JOIN merge ON merge.merged_id = road.id
                        AND merge.subject_kind = $1
                        AND merge.undone_at IS NULL
             WHERE road.steps < 100
        )
        SELECT id
          FROM road
         ORDER BY steps DESC
         LIMIT 1
        """,
        kind,
        subject_id,
    )


async def survivors(tx: Tx, lead_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The lead that goes on for each of these: itself, unless it is merged, perhaps more than once."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE road AS (
            SELECT lead_id, lead_id AS at, 0 AS steps
              FROM unnest($1::uuid[]) AS lead_id
             UNION ALL
            SELECT road.lead_id, lead.merged_into, road.steps + 1
              FROM road
              JOIN lead ON lead.id = road.at
             WHERE lead.merged_into IS NOT NULL
               AND road.steps < 100
        )
        SELECT DISTINCT ON (lead_id) lead_id, at
          FROM road
         ORDER BY lead_id, steps DESC
        """,
        list(lead_ids),
    )
    return {row["lead_id"]: row["at"] for row in rows}


async def note(
    tx: Tx,
    merge_id: UUID,
    *,
    kind: MergedKind,
    survivor_id: UUID,
    merged_id: UUID,
    state_before: str,
    taken: Mapping[str, tuple[JsonValue, JsonValue]],
    keys: Keys,
    now: datetime,
) -> None:
    """Keep what is needed to undo it."""
    await tx.execute(
        """
        INSERT INTO merge (id, subject_kind, survivor_id, merged_id, state_before, sealed, keys,
                           merged_by, merged_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        merge_id,
        kind,
        survivor_id,
        merged_id,
        state_before,
        seal_taken(tx, merge_id, taken),
        list(keys),
        tx.actor_id,
        now,
    )


async def lock_in_force(tx: Tx, kind: MergedKind, merged_id: UUID) -> Merge:
    """What merged this record, locked."""
    row = await tx.fetchrow(
        """
        SELECT id, survivor_id, state_before, sealed, keys
          FROM merge
         WHERE subject_kind = $1
           AND merged_id = $2
           AND undone_at IS NULL
           FOR UPDATE
        """,
        kind,
        merged_id,
    )
    if row is None:
        raise NotMerged(subject_id=merged_id)
    taken = orjson.loads(tx.sealer.open(row["sealed"], place=place_of("merge", row["id"])))
    return Merge(
        id=row["id"],
        survivor_id=row["survivor_id"],
        state_before=row["state_before"],
        taken=taken,
        keys=row["keys"],
    )


def seal_taken(tx: Tx, merge_id: UUID, taken: Mapping[str, tuple[JsonValue, JsonValue]]) -> bytes:
    """What was taken over may name a person."""
    return tx.sealer.seal(orjson.dumps(dict(taken)), place=place_of("merge", merge_id))


async def undo(tx: Tx, merge_id: UUID, *, now: datetime) -> None:
    """The merge is not in force any more."""
    await tx.execute("UPDATE merge SET undone_at = $2 WHERE id = $1", merge_id, now)


async def redirect_lead(tx: Tx, lead_id: UUID, *, into: UUID | None) -> None:
    """Let a lead say where it went; nothing when it is one of its own again."""
    await tx.execute("UPDATE lead SET merged_into = $2 WHERE id = $1", lead_id, into)


async def lock_keys(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """Nobody claims what these leads go by until the transaction ends: keys first, leads after."""
    await tx.execute(
        """
        SELECT kind, value
          FROM lead_identity
         WHERE lead_id = ANY($1)
         ORDER BY kind COLLATE "C", value COLLATE "C"
           FOR UPDATE
        """,
        lead_ids,
    )


async def move_keys(tx: Tx, from_id: UUID, to_id: UUID) -> Keys:
    """Everything one lead goes by leads to another from now on."""
    rows = await tx.fetch(
        """
        UPDATE lead_identity
           SET lead_id = $2
         WHERE lead_id = $1
        RETURNING kind, value
        """,
        from_id,
        to_id,
    )
    return [[row["kind"], row["value"]] for row in rows]


async def give_back_keys(tx: Tx, from_id: UUID, to_id: UUID, keys: Keys) -> None:
    """Those of the keys that one lead still goes by lead to the other again."""
    await tx.execute(
        """
        UPDATE lead_identity AS held
           SET lead_id = $2
          FROM unnest($3::text[], $4::text[]) AS own (kind, value)
         WHERE held.lead_id = $1
           AND held.kind = own.kind
           AND held.value = own.value
        """,
        from_id,
        to_id,
        [kind for kind, _ in keys],
        [value for _, value in keys],
    )


async def move_names(tx: Tx, from_id: UUID, to_id: UUID) -> Keys:
    """Company names that lead to one customer lead to another from now on."""
    rows = await tx.fetch(
        "UPDATE customer_name SET customer_id = $2 WHERE customer_id = $1 RETURNING company_key",
        from_id,
        to_id,
    )
    return [["company_key", row["company_key"]] for row in rows]


async def give_back_names(tx: Tx, from_id: UUID, to_id: UUID, keys: Keys) -> None:
    """Those of the names that still lead to one customer lead to the other again."""
    await tx.execute(
        """
        UPDATE customer_name
           SET customer_id = $2
         WHERE customer_id = $1
           AND company_key = ANY($3)
        """,
        from_id,
        to_id,
        [value for _, value in keys],
    )

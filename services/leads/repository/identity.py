"""What leads go by: one lead per key, whoever asks first."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.leads.domain.identity import Holder, Key
from services.leads.repository.keys import holders, marks_of
from shared.db import Tx


async def claim(tx: Tx, asked: Mapping[Key, UUID]) -> dict[Key, Holder]:
    """Ask for keys on behalf of leads; who holds them now.

    Keys are taken in the order of their marks, the same for everybody. A key that another transaction is
    just claiming is waited for. Only a row inserted here has no deleting transaction (`xmax`).
    """
    if not asked:
        return {}
    marks = marks_of(tx, asked)
    rows = await tx.fetch(
        """
        INSERT INTO lead_identity AS held (kind, value, lead_id)
        SELECT kind, value, lead_id
          FROM unnest($1::text[], $2::text[], $3::uuid[]) WITH ORDINALITY
            AS asked (kind, value, lead_id, place)
         ORDER BY place
            ON CONFLICT (kind, value)
            DO UPDATE
           SET lead_id = held.lead_id
        RETURNING kind, value, lead_id, xmax = 0 AS is_fresh
        """,
        [key.kind for key in marks],
        list(marks.values()),
        [asked[key] for key in marks],
    )
    return holders(marks, rows)


async def move(tx: Tx, keys: Mapping[Key, UUID]) -> None:
    """Let other leads go by these keys."""
    if not keys:
        return
    marks = marks_of(tx, keys)
    await tx.execute(
        """
        UPDATE lead_identity AS held
           SET lead_id = new.lead_id
          FROM unnest($1::text[], $2::text[], $3::uuid[]) AS new (kind, value, lead_id)
         WHERE held.kind = new.kind
           AND held.value = new.value
        """,
        [key.kind for key in marks],
        list(marks.values()),
        [keys[key] for key in marks],
    )


async def release(tx: Tx, lead_id: UUID, keys: Sequence[Key]) -> None:
    """A lead does not go by these keys any more."""
    marks = marks_of(tx, keys)
    await tx.execute(
        """
        DELETE FROM lead_identity AS held
         USING unnest($2::text[], $3::text[]) AS old (kind, value)
         WHERE held.lead_id = $1
           AND held.kind = old.kind
           AND held.value = old.value
        """,
        lead_id,
        [key.kind for key in marks],
        list(marks.values()),
    )


async def release_all(tx: Tx, lead_ids: Collection[UUID]) -> None:
    """These leads go by nothing any more."""
    await tx.execute("DELETE FROM lead_identity WHERE lead_id = ANY($1)", lead_ids)


async def row_hashes(tx: Tx, keys: Sequence[Key]) -> dict[Key, bytes]:
    """How the rows of imported records looked when they were last taken in."""
    rows = await tx.fetch(
        """
        SELECT kind, value, row_hash
          FROM lead_identity
         WHERE kind = 'external'
           AND value = ANY($1)
           AND row_hash IS NOT NULL
        """,
        [key.value for key in keys],
    )
    return {Key(row["kind"], row["value"]): row["row_hash"] for row in rows}

"""How units and people were, version by version."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.db import Tx


class Version(NamedTuple):
    """A record as it is from now on."""

    record_id: UUID
    sequence: int
    kind: str
    body: Mapping[str, Any]


async def add(tx: Tx, versions: Sequence[Version], *, why: str, now: datetime) -> None:
    """Keep how records are from now on."""
    await tx.execute(
        """
        INSERT INTO directory_version
               (record_id, sequence, kind, body, defined_by, defined_at, why)
        SELECT record_id, sequence, kind, body, $5, $6, $7
          FROM unnest($1::uuid[], $2::int[], $3::text[], $4::jsonb[])
            AS row (record_id, sequence, kind, body)
        """,
        [version.record_id for version in versions],
        [version.sequence for version in versions],
        [version.kind for version in versions],
        [dict(version.body) for version in versions],
        tx.actor_id,
        now,
        why,
    )

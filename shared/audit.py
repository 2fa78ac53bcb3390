"""Evidence: every command leaves a row that says who, when, why, before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared import tracing
from shared.db import Tx

State = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing done to one subject. States hold no personal data: name the fields, not the values."""

    action: str
    subject_kind: str
    subject_id: UUID
    before: State | None = None
    after: State | None = None
    why: str = ""
    actor_id: UUID | None = None
    correlation_id: str = ""
    """Blank like the actor: those of the transaction, unless it works for several."""


async def record(
    tx: Tx,
    *,
    action: str,
    subject_kind: str,
    subject_id: UUID,
    before: State | None = None,
    after: State | None = None,
    why: str = "",
) -> None:
    """Note one thing done; the actor and the correlation id are those of the transaction."""
    entry = Entry(
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before,
        after=after,
        why=why,
    )
    await record_all(tx, [entry])


async def record_all(tx: Tx, entries: Sequence[Entry]) -> None:
    """Note many things done, in one statement that concludes the transaction."""
    if not entries:
        return
    await tx.later(
        """
        INSERT INTO audit (at, actor_id, correlation_id,
                           action, subject_kind, subject_id, why, before, after)
        SELECT $1, actor_id, correlation_id, action, subject_kind, subject_id, why, before, after
          FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[],
                      $8::jsonb[], $9::jsonb[])
            AS row (actor_id, correlation_id, action, subject_kind, subject_id, why, before, after)
        """,
        tx.now,
        [entry.actor_id or tx.actor_id for entry in entries],
        [entry.correlation_id or tracing.correlation_id() for entry in entries],
        [entry.action for entry in entries],
        [entry.subject_kind for entry in entries],
        [entry.subject_id for entry in entries],
        [entry.why for entry in entries],
        [entry.before for entry in entries],
        [entry.after for entry in entries],
    )

"""Tags of leads, and leads whose tags the rules are to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from services.leads.domain.tagging import Mark, Marks, Tagging, TagPolicy
from shared import configuration
from shared.configuration import Configuration
from shared.db import Tx

_OF_MERGES = ("lead.merged.v1", "lead.unmerged.v1")
_TELLING = ("lead.captured.v1", "lead.touched.v1", "lead.updated.v1", *_OF_MERGES)
_FIRST = UUID(int=0)


async def policy(tx: Tx) -> Tagging:
    """The tags in force."""
    return await configuration.current_as(tx, "tags", _tagging)


async def due_to_tag(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Leads of which something new was said, as this service's own feed tells."""
    del now  # the feed has its own order
    has_rules = bool((await policy(tx)).policy.rules)
    reading = await tx.fetchrow(
        """
        SELECT tag_progress.position, feed_head.position AS head
          FROM tag_progress, feed_head
         WHERE tag_progress.position < feed_head.position
           FOR UPDATE OF tag_progress SKIP LOCKED
        """
    )
    if reading is None:
        return []
    rows = await tx.fetch(
        """
        SELECT position, aggregate_id
          FROM feed
         WHERE position > $1
           AND position <= $2
           AND type = ANY($3)
         ORDER BY position
         LIMIT $4
        """,
        reading["position"],
        reading["head"],
        _TELLING if has_rules else _OF_MERGES,
        limit,
    )
    reached = rows[-1]["position"] if len(rows) == limit else reading["head"]
    await tx.execute("UPDATE tag_progress SET position = $1", reached)
    return [row["aggregate_id"] for row in rows]


async def due_for_new_tags(tx: Tx, *, now: datetime, limit: int) -> Sequence[UUID]:  # noqa: ARG001
    """The next leads that the rules in force have not looked at since they came into force."""
    tagging = await policy(tx)
    reading = await tx.fetchrow(
        """
        SELECT version, reached
          FROM tag_progress
         WHERE version < $1
           FOR UPDATE SKIP LOCKED
        """,
        tagging.version,
    )
    if reading is None:
        return []
    rows = await tx.fetch(
        """
        SELECT id
          FROM lead
         WHERE id > $1
           AND ($2 OR EXISTS (SELECT
                                FROM lead_tag
                               WHERE lead_id = lead.id
                                 AND is_on
                                 AND NOT by_hand))
         ORDER BY id
         LIMIT $3
        """,
        reading["reached"],
        bool(tagging.policy.rules),
        limit,
    )
    is_done = len(rows) < limit
    await tx.execute(
        "UPDATE tag_progress SET version = $1, reached = $2",
        tagging.version if is_done else reading["version"],
        _FIRST if is_done else rows[-1]["id"],
    )
    return [row["id"] for row in rows]


async def marks_of(tx: Tx, lead_ids: Sequence[UUID]) -> dict[UUID, Marks]:
    """What was decided about the tags of these leads, which are locked."""
    rows = await tx.fetch(
        """
        SELECT lead_id, tag, is_on, by_hand, set_by, set_at, rules_version, taken_from, import_id
          FROM lead_tag
         WHERE lead_id = ANY($1)
        """,
        lead_ids,
    )
    found: dict[UUID, dict[str, Mark]] = {lead_id: {} for lead_id in lead_ids}
    for row in rows:
        found[row["lead_id"]][row["tag"]] = Mark(**row)
    return dict(found)


async def takers(tx: Tx, lead_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Leads that have tags of these, which were merged into them, and of which of them."""
    rows = await tx.fetch(
        "SELECT DISTINCT lead_id, taken_from FROM lead_tag WHERE taken_from = ANY($1)", lead_ids
    )
    return [(row["lead_id"], row["taken_from"]) for row in rows]


async def save_all(tx: Tx, marks: Sequence[Mark]) -> None:
    """Store decisions, each in the place of the one before."""
    if not marks:
        return
    await tx.execute(
        """
        INSERT INTO lead_tag
               (lead_id, tag, is_on, by_hand, set_by, set_at, rules_version, taken_from, import_id)
        SELECT lead_id, tag, is_on, by_hand, set_by, set_at, rules_version, taken_from, import_id
          FROM jsonb_populate_recordset(NULL::lead_tag, $1)
            ON CONFLICT (lead_id, tag)
            DO UPDATE
           SET is_on = excluded.is_on,
               by_hand = excluded.by_hand,
               set_by = excluded.set_by,
               set_at = excluded.set_at,
               rules_version = excluded.rules_version,
               taken_from = excluded.taken_from,
               import_id = excluded.import_id
        """,
        [_row(mark) for mark in marks],
    )


def _row(mark: Mark) -> Mapping[str, object]:
    return asdict(mark)


def _tagging(active: Configuration) -> Tagging:
    return Tagging(version=active.version, policy=TagPolicy.model_validate(active.body))

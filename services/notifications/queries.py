"""SQL that reads in order to show."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from services.notifications import wording
from services.notifications.domain.delivery import State
from services.notifications.domain.preference import DEFAULT_CHANNELS
from services.notifications.repository import escalation
from services.notifications.repository.told import told
from services.notifications.schemas import (
    DeliveryOut,
    InboxCount,
    NoticeOut,
    PreferencesOut,
)
from shared.db import Scope, Tx


async def inbox(
    tx: Tx, *, reader_id: UUID, unread: bool | None, before: int | None, limit: int
) -> list[NoticeOut]:
    """A reader's notices, newest first."""
    rows = await tx.fetch(
        """
        SELECT *
          FROM told
         WHERE recipient_id = $1
           AND ($2::bigint IS NULL OR position < $2)
           AND ($3::boolean IS NULL OR (read_at IS NULL) = $3)
         ORDER BY position DESC
         LIMIT $4
        """,
        reader_id,
        before,
        unread,
        limit,
    )
    return await _in_words(tx, rows)


async def notices_after(tx: Tx, *, reader_id: UUID, position: int, limit: int) -> list[NoticeOut]:
    """A reader's notices behind a position, oldest first."""
    rows = await tx.fetch(
        """
        SELECT *
          FROM told
         WHERE recipient_id = $1
           AND position > $2
         ORDER BY position
         LIMIT $3
        """,
        reader_id,
        position,
        limit,
    )
    return await _in_words(tx, rows)


async def one_notice(tx: Tx, notice_id: UUID, *, reader_id: UUID) -> NoticeOut:
    """A notice of the reader's that is known to be there."""
    rows = await tx.fetch(
        "SELECT * FROM told WHERE id = $1 AND recipient_id = $2", notice_id, reader_id
    )
    (notice,) = await _in_words(tx, rows)
    return notice


async def count(tx: Tx, *, reader_id: UUID) -> InboxCount:
    """How much a reader has to read."""
    row = await tx.fetchrow(
        """
        SELECT (SELECT count(*)
                  FROM notice
                 WHERE recipient_id = $1
                   AND read_at IS NULL) AS unread,
               COALESCE((SELECT last_position
                           FROM inbox
                          WHERE person_id = $1), 0) AS last_position
        """,
        reader_id,
    )
    assert row is not None  # noqa: S101 - one row, whatever there is
    return InboxCount(unread=row["unread"], last_position=row["last_position"])


async def preferences(tx: Tx, person_id: UUID) -> PreferencesOut:
    """Where a person is told what, as things stand."""
    row = await tx.fetchrow(
        """
        SELECT COALESCE(preference.language, person.language, 'zh') AS language,
               COALESCE(preference.channels, '{}') AS channels
          FROM (SELECT $1::uuid AS person_id) AS asked
          LEFT JOIN preference USING (person_id)
          LEFT JOIN access_person AS person USING (person_id)
        """,
        person_id,
    )
    assert row is not None  # noqa: S101 - one row, whatever there is
    return PreferencesOut(
        language=row["language"], channels={**DEFAULT_CHANNELS, **row["channels"]}
    )


async def deliveries(
    tx: Tx, *, scope: Scope, state: State | None, after: tuple[UUID, str] | None, limit: int
) -> list[DeliveryOut]:
    """What leaves the house for the people of some units, newest first; never what it says."""
    rows = await tx.fetch(
        """
        SELECT delivery.notice_id, delivery.recipient_id, delivery.kind, delivery.channel,
               delivery.state, delivery.message_id, delivery.attempts, delivery.next_at,
               delivery.last_error
          FROM delivery
          JOIN access_person AS reader
            ON reader.person_id = delivery.recipient_id
         WHERE reader.unit_id = ANY($1::uuid[])
           AND ($2::text IS NULL OR delivery.state = $2)
           AND ($3::uuid IS NULL OR (delivery.notice_id, delivery.channel) < ($3, $4::text))
         ORDER BY delivery.notice_id DESC, delivery.channel DESC
         LIMIT $5
        """,
        list(scope.units),
        state,
        after and after[0],
        after and after[1],
        limit,
    )
    return [DeliveryOut(**row) for row in rows]


async def _in_words(tx: Tx, rows: Sequence[Record]) -> list[NoticeOut]:
    if not rows:
        return []
    zone = (await escalation.policy(tx)).zone
    return [
        NoticeOut(**{**row, "title": words.title, "body": words.body})
        for row in rows
        for words in [wording.words(told(row), zone=zone)]
    ]

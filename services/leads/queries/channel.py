"""Channels with what came by them, counted from the submissions themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.refusals import ReplayNotFound
from services.leads.repository import policy
from services.leads.schemas.channel import (
    ChannelError,
    ChannelLine,
    ChannelOut,
    Counters,
    ReplayOut,
    SecretLine,
)
from shared.db import Tx

WINDOW = timedelta(days=30)
"""What is counted when nobody says since when."""


async def channels(tx: Tx, *, since: datetime | None) -> list[ChannelLine]:
    """All channels with their counters."""
    own = list((await policy.own_channels(tx)).values())
    counted = await _counters(tx, [each.key for each in own], since or tx.now - WINDOW)
    return [_line(each, counted[each.key]) for each in own]


async def channel(tx: Tx, key: str, *, since: datetime | None = None) -> ChannelOut:
    """One channel with everything about it but its secrets."""
    own, since = await policy.channel(tx, key), since or tx.now - WINDOW
    counted = await _counters(tx, [key], since)
    return ChannelOut(
        **dict(_line(own, counted[key])),
        channel=own.channel,
        secrets=await _secrets(tx, key),
        last_errors=await _last_errors(tx, key, since),
    )


def _line(own: ChannelVersion, counters: Counters) -> ChannelLine:
    channel = own.channel
    return ChannelLine(
        key=own.key,
        title=channel.title,
        kind=channel.kind,
        is_on=channel.is_on,
        version=own.version,
        counters=counters,
    )


async def _counters(tx: Tx, keys: Sequence[str], since: datetime) -> dict[str, Counters]:
    rows = await tx.fetch(
        """
        SELECT asked.channel, sent.*, tallied.*
          FROM unnest($1::text[]) AS asked (channel)
         CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state = 'accepted') AS accepted,
                   count(*) FILTER (WHERE state = 'accepted' AND effect <> 'created') AS duplicates,
                   count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
                   count(*) FILTER (WHERE state = 'discarded') AS discarded,
                   max(received_at) FILTER (WHERE state = 'accepted') AS last_success_at
              FROM submission
             WHERE submission.channel = asked.channel
               AND received_at >= $2
         ) AS sent
         CROSS JOIN LATERAL (
            SELECT coalesce(sum(times) FILTER (WHERE outcome = 'repeated'), 0)::bigint AS repeated,
                   coalesce(sum(times) FILTER (WHERE outcome = 'refused'), 0)::bigint AS refused
              FROM channel_tally
             WHERE channel_tally.channel = asked.channel
               AND hour >= date_trunc('hour', $2::timestamptz)
         ) AS tallied
        """,
        keys,
        since,
    )
    return {row["channel"]: Counters(**{**row, "since": since}) for row in rows}


async def _last_errors(tx: Tx, channel: str, since: datetime) -> list[ChannelError]:
    rows = await tx.fetch(
        """
        (SELECT received_at AS at, 'quarantined' AS outcome, id AS submission_id, problem
           FROM submission
          WHERE channel = $1
            AND received_at >= $2
            AND state = 'quarantined'
            AND problem IS NOT NULL
          ORDER BY received_at DESC
          LIMIT 10)
        UNION ALL
        (SELECT last_at, 'refused', NULL, jsonb_build_object('detail', reason, 'times', times)
           FROM channel_tally
          WHERE channel = $1
            AND last_at >= $2
            AND outcome = 'refused'
          ORDER BY last_at DESC
          LIMIT 10)
         ORDER BY at DESC
         LIMIT 10
        """,
        channel,
        since,
    )
    return [ChannelError.model_validate(dict(row)) for row in rows]


async def _secrets(tx: Tx, channel: str) -> list[SecretLine]:
    rows = await tx.fetch(
        """
        SELECT made_at, ends_at
          FROM channel_secret
         WHERE channel = $1
           AND (ends_at IS NULL OR ends_at > clock_timestamp())
         ORDER BY made_at DESC
        """,
        channel,
    )
    return [SecretLine.model_validate(dict(row)) for row in rows]


async def replays(tx: Tx, channel: str) -> list[ReplayOut]:
    """The latest replays of a channel, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id, channel, received_from, received_before, why, asked_by, asked_at, total,
               captured, corrected, unchanged, unreadable, conflicting, ended_at
          FROM channel_replay
         WHERE channel = $1
         ORDER BY asked_at DESC
         LIMIT 50
        """,
        channel,
    )
    return [ReplayOut.model_validate(dict(row)) for row in rows]


async def replay(tx: Tx, channel: str, replay_id: UUID) -> ReplayOut:
    """One replay with its progress."""
    row = await tx.fetchrow(
        """
        SELECT id, channel, received_from, received_before, why, asked_by, asked_at, total,
               captured, corrected, unchanged, unreadable, conflicting, ended_at
          FROM channel_replay
         WHERE channel = $1
           AND id = $2
        """,
        channel,
        replay_id,
    )
    if row is None:
        raise ReplayNotFound(replay_id=replay_id)
    return ReplayOut.model_validate(dict(row))

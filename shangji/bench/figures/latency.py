"""From a lead's arrival to its owner's inbox, at a steady 50 leads in a second."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from shangji.bench import load, log
from shangji.bench.load import Job
from shangji.bench.measurement import Measurement, Spread, percentile
from shangji.bench.plan import Plan
from shangji.bench.yard import Yard
from shangji.errors import StartRefused
from shangji.progress import Bar
from shared.contracts.topics import TOPICS

RATE = 50.0
STEPS = """
SELECT 1000 * extract(epoch FROM ownership.since - submission.received_at)::float8 AS owned,
       notice.id AS notice_id, extract(epoch FROM submission.received_at)::float8 AS received,
       1000 * extract(epoch FROM notice.placed_at - submission.received_at)::float8 AS told
  FROM leads.submission
  LEFT JOIN opportunities.ownership
    ON ownership.subject_kind = 'lead'
   AND ownership.subject_id = submission.lead_id
   AND ownership.owner_id IS NOT NULL
  LEFT JOIN notifications.notice
    ON notice.subject_id = submission.lead_id
   AND notice.recipient_id = ownership.owner_id
 WHERE submission.received_at >= $1
"""
"""The times are PostgreSQL's clock, read when the transaction began that made each of them true."""


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """The request's transaction begins → that of the owner → that of the notice."""
    owned: list[list[float]] = []
    told: list[list[float]] = []
    announced: list[list[float]] = []
    seconds = plan.seconds if plan.seconds <= 1 else max(20.0, plan.seconds)
    connection = await asyncpg.connect(yard.stack.readonly_url)
    try:
        for number in range(-1, plan.repeat):
            bar.at("latency, round", max(0, number), plan.repeat)
            rows = await _round(yard, connection, seconds if number >= 0 else 2.0)
            if number >= 0:
                owned.append([row["owned"] for row in rows])
                told.append([row["told"] for row in rows])
                sent = await _announcements(yard)
                announced.append([sent[row["notice_id"]] - 1000 * row["received"] for row in rows])
    finally:
        await connection.close()
    return [
        _line("accepted → owner, p50", owned, 0.5, "≤ 40 ms"),
        _line("accepted → owner, p99", owned, 0.99, "≤ 250 ms"),
        _line("accepted → notice in the inbox, p50", told, 0.5, "≤ 80 ms"),
        _line("accepted → notice in the inbox, p99", told, 0.99, "≤ 400 ms"),
        _line("accepted → notice announced, p50", announced, 0.5, ""),
        _line("accepted → notice announced, p99", announced, 0.99, ""),
    ]


async def _round(
    yard: Yard, connection: "asyncpg.Connection[asyncpg.Record]", seconds: float
) -> list[asyncpg.Record]:
    await yard.settle()
    began: datetime = await connection.fetchval("SELECT clock_timestamp()")
    await load.send(
        Job(
            port=int(yard.stack.url("leads").rpartition(":")[2]),
            token=yard.client.token,
            first_phone=yard.range_of_phones(),
            seconds=seconds,
            rate=RATE,
        )
    )
    await yard.client.wait_for_quiet()
    rows = await connection.fetch(STEPS, began)
    if len(rows) != int(seconds * RATE) or any(row["told"] is None for row in rows):
        raise StartRefused("Not every lead has exactly one owner and one notice.")
    return rows


async def _announcements(yard: Yard) -> dict[UUID, int]:
    """When the relay sent word of each notice, by Kafka's own stamp: then its commit was over."""
    notices = [topic for topic in TOPICS if topic.aggregate_type == "notification"]
    async with log.reading(yard, notices) as batches:
        return {
            UUID((record.key or b"").decode()): record.timestamp
            async for records in batches
            for record in reversed(records)
        }


def _line(what: str, rounds: Sequence[Sequence[float]], share: float, aim: str) -> Measurement:
    return Measurement(
        figure="latency",
        what=what,
        unit="ms",
        value=Spread.of([percentile(samples, share) for samples in rounds]),
        aim=aim,
    )

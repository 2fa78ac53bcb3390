"""A stack that kept its promises is told so, whichever way one looks."""

import json
from pathlib import Path

import asyncpg

from shangji.verify.checking import Options, check
from shangji.verify.estate import KINDS
from shared.contracts.topics import TOPICS
from tests.stories.enterprise import OPERATOR, Enterprise
from tests.support.world import PREFIX
from tests.verify.conftest import HttpFeeds, MemoryTopics, Quiet, Scene


async def test_a_clean_run_breaks_nothing(year: Enterprise):
    """As in life: the read-only role, and feeds over HTTP."""
    connection = await asyncpg.connect(year.world.access.readonly_url())

    verdict = await check(
        connection,
        MemoryTopics(year.world.log),
        Quiet(),
        Options(prefix=PREFIX, within=0, timers=False),
        feeds=HttpFeeds(year.world),
    )
    await connection.close()

    assert verdict.findings == []
    assert verdict.holds
    assert verdict.counts["leads"] == 12
    assert verdict.counts["deals"] == 6
    assert verdict.counts["notices"] > 5
    assert verdict.counts["messages"] == verdict.counts["events"] > 50
    assert verdict.unchecked.keys() == {"C1"}


def test_the_estate_is_what_the_contracts_say():
    told = {
        (topic.aggregate_type, topic.owner, topic.listeners, topic.partitions) for topic in TOPICS
    }

    assert {(kind.name, kind.owner, kind.listeners, kind.partitions) for kind in KINDS} == told


async def test_messages_said_again_are_duplicates_and_no_damage(scene: Scene):
    for records in scene.log.partitions.values():
        records.extend(list(records))
    await scene.sql.execute("UPDATE leads.consumer_offset SET next_offset = next_offset * 2")

    verdict = await scene.judge()

    assert verdict.counts["duplicates"] == verdict.counts["messages"] / 2
    assert {"C4", "C5", "C8"}.isdisjoint(verdict.broken)


async def test_what_a_test_injects_is_counted_apart(scene: Scene):
    records = max(scene.log.partitions.values(), key=len)
    partition = records[0].topic.removeprefix(PREFIX)
    record = records[0]
    scene.log.append(
        partition,
        OPERATOR,
        value=b"{}",
        headers=[*record.headers, ("shangji-injected", b"1")],
    )

    verdict = await scene.judge()

    assert verdict.counts["injected"] == 1
    assert {"C4", "C5", "C8"}.isdisjoint(verdict.broken)


async def test_a_ledger_that_is_true_breaks_nothing(scene: Scene, tmp_path: Path):
    rows = await scene.sql.fetch(
        """
        SELECT key, principal, scope, body, is_sealed
          FROM leads.idempotency
         WHERE status IN (200, 201)
        """
    )
    scene.ledger = tmp_path / "ledger.jsonl"
    lines = [
        {
            "key": row["key"],
            "principal": str(row["principal"]),
            "status": "ok",
            "method": "POST",
            "path": row["scope"].removeprefix("POST ").replace("{lead_id}", str(OPERATOR)),
            "response_id": None if row["is_sealed"] else json.loads(row["body"]).get("id"),
        }
        for row in rows
    ]
    lines.append({**lines[0], "key": "never-came", "status": "unknown", "response_id": None})
    scene.ledger.write_text("".join(json.dumps(line) + "\n" for line in lines))

    verdict = await scene.judge()

    assert verdict.findings == []
    assert verdict.unchecked == {}

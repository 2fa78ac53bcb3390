"""F20 to F24: whatever a topic holds, nobody else waits for it, and nothing takes effect twice.

Sequences, gaps and refusals one by one are in `tests/shared/test_consumer.py`.
"""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from tests.faults.messages import ENVELOPES, PAYLOADS, READABLE, message
from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.support.snapshot import snapshot
from tests.support.world import World

TROUBLED = uuid4()
LISTENERS = ("opportunities", "notifications", "analytics")


@pytest_asyncio.fixture
async def house(world: World) -> Enterprise:
    return await found(world)


async def capture(house: Enterprise, number: int = 0) -> UUID:
    body = {"phone": f"+86138{number:08d}", "company_name": f"Company {number}", "region": "浙江"}
    answer = await house.act("leads", "POST", "/leads", by=OPERATOR, json=body)
    return UUID(answer.json()["id"])


async def rows(house: Enterprise, service: str, sql: str, *values: Any) -> Sequence[asyncpg.Record]:
    async with house.world[service].database.tx() as tx:
        return await tx.fetch(sql, *values)


async def test_messages_without_a_proper_envelope_are_kept_and_passed_by(house: Enterprise):
    for kind, changed in ENVELOPES.items():
        house.world.log.append(
            "lead", TROUBLED, value=kind.encode(), headers=message(TROUBLED, **changed)
        )
    house.world.log.append("lead", TROUBLED, value=None, headers=message(TROUBLED))

    lead = await capture(house)
    await house.world.settle()

    for service in LISTENERS:
        dead = await rows(house, service, "SELECT value FROM dead_letter ORDER BY log_offset")
        assert [row["value"] for row in dead] == [*(kind.encode() for kind in ENVELOPES), None]
    assert await owned(house) == [lead]


async def test_a_payload_that_is_none_holds_up_its_own_record_at_most(house: Enterprise):
    sent: dict[UUID, bytes] = {}
    for payload in PAYLOADS.values():
        lead_id = uuid4()
        sent[lead_id] = payload.replace(b"{id}", str(lead_id).encode())
        house.world.log.append("lead", lead_id, value=sent[lead_id], headers=message(lead_id))
    readable = {each for each, kind in zip(sent, PAYLOADS, strict=True) if kind in READABLE}

    lead = await capture(house)
    await house.world.settle()

    for service in LISTENERS:
        parked = await rows(house, service, "SELECT aggregate_id, payload FROM parked")
        assert dict(map(tuple, parked)).items() <= sent.items()
        assert await rows(house, service, "SELECT 1 FROM dead_letter") == []
    parked = await rows(house, "analytics", "SELECT aggregate_id FROM parked")
    assert {row["aggregate_id"] for row in parked} == sent.keys() - readable
    assert lead in await owned(house)


async def test_a_topic_said_twice_has_no_second_effect(house: Enterprise):
    await a_day_at_work(house)
    before = await snapshot(house.world.access.readonly_url())

    for partition, records in list(house.world.log.partitions.items()):
        for record in list(records):
            house.world.log.append(
                partition.topic.removeprefix("world."),
                UUID((record.key or b"").decode()),
                value=record.value,
                headers=list(record.headers),
            )
    await house.world.settle()

    assert await snapshot(house.world.access.readonly_url()) == before


async def test_the_whole_log_heard_again_has_no_second_effect(house: Enterprise):
    await a_day_at_work(house)
    before = await snapshot(house.world.access.readonly_url())

    for service in house.world.services.values():
        async with service.database.tx() as tx:
            await tx.execute("UPDATE consumer_offset SET next_offset = 0")
    house.world.replay()
    await house.world.settle()

    assert await snapshot(house.world.access.readonly_url()) == before


@pytest.mark.parametrize("seed", range(3))
async def test_a_topic_in_any_order_comes_to_the_same_in_the_end(house: Enterprise, seed: int):
    await a_day_at_work(house)
    before = await snapshot(house.world.access.readonly_url(), "analytics")
    await forget_everything(house, "analytics")

    for records in house.world.log.partitions.values():
        shuffled = random.Random(seed).sample(records, len(records))  # noqa: S311
        records[:] = [
            record.__class__(**{**vars(record), "offset": offset})
            for offset, record in enumerate(shuffled)
        ]
    house.world["analytics"].reached.clear()
    await house.world.settle(batch=3)

    assert await rows(house, "analytics", "SELECT * FROM parked") == []
    assert await snapshot(house.world.access.readonly_url(), "analytics") == before


async def a_day_at_work(house: Enterprise) -> None:
    """Leads come in and get owners; some become deals, one is won, one is given up."""
    leads = [await capture(house, number) for number in range(8)]
    await house.world.settle()
    for lead in leads[:3]:
        await house.act(
            "leads",
            "POST",
            f"/leads/{lead}/convert",
            by=house.lead,
            json={"deal": {"amount": "1280.00", "currency": "CNY"}},
        )
    reason = {"reason": "no_need"}
    await house.act(
        "leads", "POST", f"/leads/{leads[4]}/disqualification", by=OPERATOR, json=reason
    )
    await house.world.settle()


async def owned(house: Enterprise) -> list[UUID]:
    """The leads that have an owner."""
    found = await rows(
        house, "opportunities", "SELECT subject_id FROM ownership WHERE owner_id IS NOT NULL"
    )
    return [row["subject_id"] for row in found]


async def forget_everything(house: Enterprise, schema: str) -> None:
    """Empty what a service has made of what it heard."""
    connection = await asyncpg.connect(house.world.access.owner_url(schema))
    tables = await connection.fetch(
        """
        SELECT tablename FROM pg_tables
         WHERE schemaname = $1
           AND tablename NOT IN ('clock', 'feed_head', 'cursor_key')
           AND tablename !~ '^(configuration|migration)'
        """,
        schema,
    )
    names = ", ".join(f'{schema}."{row["tablename"]}"' for row in tables)
    await connection.execute(f"TRUNCATE {names}")
    await connection.close()

"""Each event takes effect once, in the order of its aggregate, or waits where all can see it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from shared.consumer import Consumer, Heard
from shared.consumer.apply import apply_batch, drop_head, retry_key
from shared.consumer.store import Tally
from shared.contracts.leads import LeadDisqualified, LeadQualified, LeadTouched
from shared.db import Database, Tx
from shared.envelope import Envelope

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
POISON = "poison"
TOPICS = {"lead": "t.lead"}


@dataclass
class Listener:
    """Writes down what it hears, and refuses channels named `poison` while it is told to."""

    database: Database
    consumer: Consumer
    refusing: bool = True
    calls: int = 0

    async def hear(self, *events: Envelope) -> Tally:
        async with self.database.tx() as tx:
            tallies = await apply_batch(tx, self.consumer, events, group="test", topics=TOPICS)
            return tallies["t.lead", 0]

    async def effects(self, lead_id: UUID) -> list[int]:
        async with self.database.tx() as tx:
            rows = await tx.fetch(
                "SELECT sequence FROM effect WHERE lead_id = $1 ORDER BY number", lead_id
            )
        return [row["sequence"] for row in rows]

    async def parked(self) -> dict[int, str]:
        async with self.database.tx() as tx:
            rows = await tx.fetch("SELECT sequence, reason FROM parked ORDER BY sequence")
        return {row["sequence"]: row["reason"] for row in rows}


@pytest_asyncio.fixture
async def listener(leads: Database, database: DatabaseAccess) -> AsyncIterator[Listener]:
    owner = await asyncpg.connect(database.owner_url("leads"))
    await owner.execute(
        """
        CREATE TABLE leads.effect (
            number bigint GENERATED ALWAYS AS IDENTITY, lead_id uuid, sequence int,
            UNIQUE (lead_id, sequence)
        )
        """
    )
    await owner.close()
    consumer = Consumer()
    listener = Listener(leads, consumer)

    @consumer.on(LeadTouched, LeadQualified)
    async def hear(tx: Tx, batch: Sequence[Heard[LeadTouched | LeadQualified]]) -> None:
        listener.calls += 1
        await tx.executemany(
            "INSERT INTO effect (lead_id, sequence) VALUES ($1, $2)",
            [(heard.event.lead_id, heard.sequence) for heard in batch],
        )
        for heard in batch:
            if (
                listener.refusing
                and isinstance(heard.event, LeadTouched)
                and heard.event.channel == POISON
            ):
                raise ValueError("this listener cannot stomach it")

    yield listener


def touched(lead_id: UUID, sequence: int, *, channel: str = "web") -> Envelope:
    event = LeadTouched(lead_id=lead_id, submission_id=uuid4(), channel=channel, touched_at=NOW)
    return Envelope(
        event_id=uuid4(),
        aggregate_type="lead",
        aggregate_id=lead_id,
        sequence=sequence,
        type=event.type,
        traceparent="",
        occurred_at=NOW,
        payload=event.model_dump_json(exclude={"type"}).encode(),
    )


async def test_a_batch_is_applied_in_one_call_per_layer(listener: Listener):
    leads = [uuid4() for _ in range(50)]

    tally = await listener.hear(*(touched(lead, n) for n in (1, 2) for lead in leads))

    assert tally.applied == 100
    assert listener.calls == 2


async def test_hearing_everything_again_has_no_effect(listener: Listener):
    lead = uuid4()
    events = [touched(lead, n) for n in (1, 2, 3)]

    await listener.hear(*events)
    tally = await listener.hear(*events)

    assert await listener.effects(lead) == [1, 2, 3]
    assert tally.duplicate == 3


async def test_an_event_that_came_too_early_waits_for_the_missing_one(listener: Listener):
    lead = uuid4()

    await listener.hear(touched(lead, 1), touched(lead, 3), touched(lead, 4))
    waiting = await listener.parked()
    await listener.hear(touched(lead, 2))

    assert waiting == {3: "gap", 4: "gap"}
    assert await listener.effects(lead) == [1, 2, 3, 4]
    assert await listener.parked() == {}


async def test_a_refused_event_parks_its_lead_and_nobody_else(listener: Listener):
    sick, well = uuid4(), uuid4()

    tally = await listener.hear(
        touched(sick, 1, channel=POISON), touched(well, 1), touched(sick, 2), touched(well, 2)
    )
    await listener.hear(touched(sick, 3))

    assert await listener.effects(well) == [1, 2]
    assert await listener.effects(sick) == []
    assert await listener.parked() == {1: "refused", 2: "behind", 3: "behind"}
    assert (tally.applied, tally.parked) == (2, 2)


async def test_a_key_put_back_after_the_cure_goes_on_in_order(listener: Listener):
    lead = uuid4()
    await listener.hear(touched(lead, 1, channel=POISON), touched(lead, 2))

    listener.refusing = False
    async with listener.database.tx() as tx:
        applied = await retry_key(tx, listener.consumer, ("lead", lead), group="test")

    assert applied == 2
    assert await listener.effects(lead) == [1, 2]
    assert await listener.parked() == {}


async def test_a_retry_that_fails_again_is_counted_and_changes_nothing(listener: Listener):
    lead = uuid4()
    await listener.hear(touched(lead, 1, channel=POISON), touched(lead, 2))

    async with listener.database.tx() as tx:
        applied = await retry_key(tx, listener.consumer, ("lead", lead), group="test")

    async with listener.database.tx() as tx:
        attempts = await tx.fetchval("SELECT attempts FROM parked WHERE sequence = 1")
    assert applied == 0
    assert attempts == 2
    assert await listener.parked() == {1: "refused", 2: "behind"}


async def test_a_dropped_event_lets_the_rest_go_on(listener: Listener):
    lead = uuid4()
    await listener.hear(touched(lead, 1, channel=POISON), touched(lead, 2))

    async with listener.database.tx() as tx:
        await drop_head(tx, listener.consumer, ("lead", lead), group="test")

    assert await listener.effects(lead) == [2]
    assert await listener.parked() == {}


async def test_an_event_nobody_hears_still_counts(listener: Listener):
    lead = uuid4()
    unheard = LeadDisqualified(
        lead_id=lead, reason="spam", disqualified_by=None, disqualified_at=NOW
    )
    envelope = touched(lead, 1)._replace(
        type=unheard.type,
        payload=unheard.model_dump_json(exclude={"type"}).encode(),
    )

    tally = await listener.hear(envelope, touched(lead, 2))

    assert await listener.effects(lead) == [2]
    assert (tally.skipped, tally.applied) == (1, 1)


async def test_an_unknown_name_is_skipped_without_reading_it(listener: Listener):
    lead = uuid4()
    strange = touched(lead, 1)._replace(type="lead.teleported.v1", payload=b"\xff not json")

    await listener.hear(strange, touched(lead, 2))

    assert await listener.effects(lead) == [2]


async def test_a_newer_version_of_a_known_event_parks_its_key(listener: Listener):
    lead = uuid4()
    newer = touched(lead, 1)._replace(type="lead.touched.v9")

    await listener.hear(newer, touched(lead, 2))

    assert await listener.effects(lead) == []
    assert await listener.parked() == {1: "unknown_version", 2: "behind"}


async def test_a_payload_that_does_not_fit_parks_its_key(listener: Listener):
    lead = uuid4()

    await listener.hear(touched(lead, 1)._replace(payload=b'{"lead_id": 1e400}'))

    assert await listener.parked() == {1: "unreadable"}


async def test_a_handler_that_fails_leaves_no_trace_of_its_work(listener: Listener):
    first, sick = uuid4(), uuid4()

    await listener.hear(touched(first, 1), touched(sick, 1, channel=POISON))

    async with listener.database.tx() as tx:
        rows = await tx.fetchval("SELECT count(*) FROM effect")
    assert rows == 1


async def test_every_message_is_counted_once_also_when_one_that_waited_comes_again(
    listener: Listener,
):
    lead = uuid4()
    first, second = touched(lead, 1), touched(lead, 2)

    waiting = await listener.hear(second)
    healed = await listener.hear(second, first)

    assert waiting.parked == 1
    assert (healed.applied, healed.duplicate) == (1, 1)

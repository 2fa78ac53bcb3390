"""F20, F23: poison, and topics copied onto themselves."""

import signal
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from shared.contracts.topics import heard_by
from tests.faults.messages import producing
from tests.faults.rig import OPERATOR, Rig
from tests.support.checks import open_reader, until_at_rest
from tests.support.ledger import open_client
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.slow

Record = ConsumerRecord[bytes, bytes]


async def test_an_event_that_is_always_refused_holds_up_its_own_record_until_that_is_cured(
    rig: Rig,
):
    rig.ledger.begin()
    await rig.until_taken()
    rig.send("analytics", signal.SIGSTOP)
    lead = await capture(rig)
    async with rig.administrator() as administrator:
        await administrator.execute(
            f"""
            CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'poison'; END $$;
            CREATE TRIGGER poison BEFORE INSERT ON analytics.lead
               FOR EACH ROW WHEN (NEW.lead_id = '{lead}') EXECUTE FUNCTION public.poison()
            """
        )
    rig.send("analytics", signal.SIGCONT)
    parked = f"SELECT count(*) FROM analytics.parked WHERE aggregate_id = '{lead}'"

    await rig.until_counted("the event to be parked", parked, more_than=0)
    await give_up(rig, lead)
    await rig.until_counted("the next to wait behind it", parked, more_than=1)
    facts = await rig.count("SELECT count(*) FROM analytics.lead")
    await rig.until_counted(
        "others to go on", "SELECT count(*) FROM analytics.lead", more_than=facts
    )

    async with rig.administrator() as administrator:
        await administrator.execute("DROP FUNCTION public.poison CASCADE")
    for kind, record in await waiting(rig):
        rig.shangji.must("parked", "retry", "analytics", kind, str(record))
    assert await rig.count(parked) == 0
    await rig.ledger.end()
    await rig.check()


async def test_a_topic_copied_onto_itself_is_heard_without_effect(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken(30)
    await rig.ledger.end()
    await rig.check()
    before = await snapshot(rig.stack.readonly_url)

    async with producing(rig) as producer:
        for topic in heard_by("analytics"):
            name = topic.name(rig.stack.topic_prefix)
            copies = [
                await producer.send(
                    name, r.value, key=r.key, partition=r.partition, headers=list(r.headers)
                )
                async for r in lying(rig, name, topic.partitions)
            ]
            for copy in copies:
                await copy
    await until_at_rest(rig.ledger)

    assert await snapshot(rig.stack.readonly_url) == before
    await rig.check()


async def lying(rig: Rig, topic: str, partitions: int) -> AsyncIterator[Record]:
    """What lies in a topic now."""
    places = [TopicPartition(topic, number) for number in range(partitions)]
    async with AIOKafkaConsumer(bootstrap_servers=rig.stack.kafka_bootstrap) as consumer:
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await consumer.seek_to_beginning(*places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    yield record


async def waiting(rig: Rig) -> list[tuple[str, UUID]]:
    """Everything that is parked: the lead, and its ownership when word of that came in time to be refused."""
    async with open_reader(rig.stack.readonly_url) as database:
        rows = await database.fetch(
            "SELECT DISTINCT aggregate_type, aggregate_id FROM analytics.parked"
        )
    return [(row["aggregate_type"], row["aggregate_id"]) for row in rows]


async def capture(rig: Rig) -> UUID:
    """A lead that nobody in the ledger picks up."""
    body = {"phone": "+8613922223333", "company_name": "Poisoned", "region": "浙江"}
    async with open_client() as client:
        answer = await rig.ledger.ask(client, "POST", "leads", "/leads", by=OPERATOR, json=body)
    return UUID(answer.json()["id"])


async def give_up(rig: Rig, lead: UUID) -> None:
    """Close a lead, and let the ledger know of it."""
    path, body = f"/leads/{lead}/disqualification", {"reason": "no_need"}
    async with open_client() as client:
        answer = await rig.ledger.ask(client, "POST", "leads", path, by=OPERATOR, json=body)
    assert answer.status_code == 201, answer.text
    rig.ledger.leads.add(str(lead))
    rig.ledger.lost.add(str(lead))

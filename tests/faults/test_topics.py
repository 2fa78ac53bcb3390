"""F20 to F24 on a real Kafka: poison, messages of the future, broken ones, duplicates, holes."""

import random
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from shared import relay
from shared.contracts.topics import heard_by
from shared.envelope import Envelope
from shared.kafka import partition_of
from shared.relay import KafkaPublisher, OutboxTable
from tests.faults.messages import ENVELOPES, PAYLOADS, READABLE, message
from tests.faults.rig import OPERATOR, Rig
from tests.support.checks import until_at_rest
from tests.support.ledger import open_client
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.slow

LISTENERS = ("opportunities", "notifications", "analytics")
Headers = list[tuple[str, bytes]]
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
    rig.shangji.must("parked", "retry", "analytics", "lead", str(lead))
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


async def test_events_that_come_out_of_order_wait_for_those_that_are_missing(rig: Rig):
    settings = rig.settings("leads")
    publisher = KafkaPublisher(settings)
    await publisher.start()
    rig.ledger.begin()
    await rig.until_taken()

    async with in_the_relays_place(rig) as outbox:
        await rig.until_counted("leads with a history", HISTORIES, more_than=4)
        waiting = await outbox.visible()
        late = missing_of(waiting.values())
        rest = [event for event in waiting.values() if event not in late]
        random.Random(1).shuffle(rest)  # noqa: S311
        await publisher.publish(rest)
        for service in LISTENERS:
            await rig.until_counted(
                "a hole to be seen",
                f"SELECT count(*) FROM {service}.parked WHERE reason = 'gap'",
                more_than=0,
            )
        await publisher.publish(late)
        await outbox.move(list(waiting))
    await publisher.stop()

    await rig.until_taken()
    await rig.ledger.end()
    await rig.check("--reheard")


async def test_messages_of_the_future_and_broken_ones_are_kept_and_hold_up_nobody(rig: Rig):
    restarts = {name: rig.process(name)["restarts"] for name in LISTENERS}
    rig.ledger.begin()
    await rig.until_taken()
    sent = {uuid4(): (kind, payload) for kind, payload in PAYLOADS.items() if kind not in READABLE}

    async with producing(rig) as producer:
        for changed in (
            *ENVELOPES.values(),
            {"ce_type": b"lead.sneezed.v1"},
            {"ce_type": b"lead.touched.v9"},
        ):
            about = uuid4()
            await inject(rig, producer, about, b"{}", message(about, **changed))
        await inject(rig, producer, uuid4(), None, message(uuid4()))
        for about, (_, payload) in sent.items():
            await inject(rig, producer, about, payload, message(about))
    await rig.until_taken(20)
    await rig.ledger.end()
    await until_at_rest(rig.ledger)

    for service in LISTENERS:
        assert await rig.count(f"SELECT count(*) FROM {service}.dead_letter") == len(ENVELOPES) + 1
        assert (
            await rig.count(
                f"SELECT count(*) FROM {service}.parked WHERE reason = 'unknown_version'"
            )
            == 1
        )
    unreadable = "SELECT count(*) FROM analytics.parked WHERE reason = 'unreadable'"
    assert await rig.count(unreadable) == len(sent)
    assert {name: rig.process(name)["restarts"] for name in LISTENERS} == restarts
    await rig.verify()


HISTORIES = """
    SELECT count(*)
      FROM (SELECT FROM leads.outbox WHERE aggregate_type = 'lead'
             GROUP BY aggregate_id HAVING min(sequence) = 1 AND count(*) > 2) AS long
"""


def missing_of(events: Iterable[Envelope]) -> list[Envelope]:
    """The second event of each lead that has a third."""
    third = {event.aggregate_id for event in events if event.sequence == 3}
    return [event for event in events if event.sequence == 2 and event.aggregate_id in third]


@asynccontextmanager
async def in_the_relays_place(rig: Rig) -> AsyncIterator[OutboxTable]:
    """Hold the lock of the relay of leads, which is thrown out first."""
    connection = await relay.connect(rig.settings("leads"))
    await connection.execute("SET idle_session_timeout = 0")
    try:
        async with rig.administrator() as administrator:
            await administrator.execute(
                """
                SELECT pg_terminate_backend(pid)
                  FROM pg_stat_activity
                 WHERE application_name = 'leads-relay'
                   AND pid <> $1
                """,
                connection.get_server_pid(),
            )
        await connection.execute(
            "SELECT pg_advisory_lock(hashtext('shangji.relay'), hashtext('leads'))"
        )
        yield OutboxTable(connection)
    finally:
        await connection.close()


@asynccontextmanager
async def producing(rig: Rig) -> AsyncIterator[AIOKafkaProducer]:
    """Somebody else's producer."""
    async with AIOKafkaProducer(bootstrap_servers=rig.stack.kafka_bootstrap) as producer:
        yield producer


async def inject(
    rig: Rig, producer: AIOKafkaProducer, about: UUID, value: bytes | None, headers: Headers
) -> None:
    """Put a message into the topic of leads that the checker is to count apart."""
    await producer.send_and_wait(
        f"{rig.stack.topic_prefix}lead",
        value,
        key=str(about).encode(),
        partition=partition_of("lead", about),
        headers=[*headers, ("shangji-injected", b"1")],
    )


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

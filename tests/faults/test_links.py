"""F11, F15, F16: the links to PostgreSQL and to Kafka are cut, go dead, are slow, and lead nowhere."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from shangji.ports import LOOPBACK
from tests.faults.conftest import manned
from tests.faults.rig import OPERATOR, Rig
from tests.support.ledger import open_client
from tests.support.proxy import Proxy, open_proxy
from tests.support.stack import free_ports
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OUTBOX_LIMIT = 400
OWNED = "SELECT count(*) FROM opportunities.ownership WHERE owner_id IS NOT NULL"


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A stack that reaches its servers by two links."""

    rig: Rig
    postgres: Proxy
    kafka: Proxy


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def linked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Linked]:
    ports: dict[str, Any] = {**free_ports()}
    async with (
        open_proxy(LOOPBACK, int(ports["SHANGJI_POSTGRES_PORT"])) as postgres,
        open_proxy(LOOPBACK, int(ports["SHANGJI_KAFKA_PORT"])) as kafka,
        manned(
            tmp_path_factory.mktemp("linked"),
            **ports,
            SHANGJI_POSTGRES_LINK_PORT=str(postgres.port),
            SHANGJI_KAFKA_LINK_PORT=str(kafka.port),
            SHANGJI_OUTBOX_LIMIT=str(OUTBOX_LIMIT),
        ) as rig,
    ):
        yield Linked(rig=rig, postgres=postgres, kafka=kafka)


async def settled(rig: Rig) -> None:
    """Leads come in and get owners again; then nothing was lost and nothing happened twice."""
    await rig.until_taken()
    owned = await rig.count(OWNED)
    await rig.until_counted("leads to get owners again", OWNED, more_than=owned)
    await rig.ledger.end()
    await rig.check()


async def sprung(proxy: Proxy, trap: bytes) -> None:
    """Lay a trap, and wait until somebody is in it."""
    before = proxy.trapped
    proxy.trap = trap

    async def trapped() -> bool:
        return proxy.trapped > before

    await until(f"somebody to send {trap.decode()}", trapped)


async def test_commits_whose_answers_are_lost_are_found_again_under_their_keys(linked: Linked):
    rig, link = linked.rig, linked.postgres
    rig.ledger.begin()
    await rig.until_taken()

    for trap in (b"COMMIT", b"BEGIN") * 3:
        link.failing = "cut"
        await sprung(link, trap)
        await rig.until_taken(5)
        link.cut()
        await rig.until_taken(5)
    link.failing = "deaf"
    for _ in range(3):
        await sprung(link, b"COMMIT")

    await rig.until_unclear()
    await settled(rig)


async def test_events_whose_acknowledgement_is_lost_are_sent_until_there_is_one_and_heard_once(
    linked: Linked,
):
    rig, link = linked.rig, linked.kafka
    rig.ledger.begin()
    await rig.until_taken()

    for _ in range(3):
        link.failing = "cut"
        await sprung(link, b"lead.captured.v1")
        await rig.until_taken(5)
    link.failing = "deaf"
    await sprung(link, b"ownership.assigned.v1")

    await settled(rig)


@pytest.mark.parametrize("server", ["postgres", "kafka"])
async def test_a_link_that_leads_into_a_hole_is_laid_anew(linked: Linked, server: str):
    rig, link = linked.rig, getattr(linked, server)
    rig.ledger.begin()
    await rig.until_taken()
    began = rig.said("leads", "relay_began_anew")

    link.is_hole = True
    await rig.until_said("leads", "relay_began_anew", more_than=began)
    link.is_hole = False

    await settled(rig)


async def test_without_a_broker_commands_are_taken_up_to_the_limit_and_then_told_to_wait(
    linked: Linked,
):
    rig, link = linked.rig, linked.kafka
    rig.ledger.begin()
    await rig.until_taken()

    link.is_closed = True
    link.cut()
    await rig.until_counted("the outbox to be full", WAITING, more_than=OUTBOX_LIMIT)
    await until("commands to be told when to come again", lambda: _is_told_to_wait(rig))
    link.is_closed = False

    await settled(rig)
    assert await rig.count(WAITING) == 0


@pytest.mark.parametrize(
    ("latency", "bandwidth", "piece"),
    [(0.2, 0, 65_536), (0, 64_000, 65_536), (0, 0, 1)],
    ids=["200 ms away", "64 KB a second", "byte by byte"],
)
async def test_slow_links_change_nothing_but_the_time(
    linked: Linked, latency: float, bandwidth: float, piece: int
):
    rig = linked.rig
    rig.ledger.begin()
    await rig.until_taken()

    for link in (linked.postgres, linked.kafka):
        link.latency, link.jitter, link.slice = latency, latency / 2, piece
    linked.kafka.bandwidth = bandwidth
    owned = await rig.count(OWNED)
    await rig.until_taken(20)
    await rig.until_counted("owners by slow links", OWNED, more_than=owned + 5)
    for link in (linked.postgres, linked.kafka):
        link.latency, link.jitter, link.slice, link.bandwidth = 0, 0, 65_536, 0

    await settled(rig)


WAITING = "SELECT count(*) FROM leads.outbox"


async def _is_told_to_wait(rig: Rig) -> bool:
    """Whether a command is refused with the time after which to try again."""
    headers = {**rig.ledger.bearer(OPERATOR), "Idempotency-Key": "told-to-wait"}
    async with open_client() as client:
        answer = await client.post(f"{rig.stack.url('leads')}/leads", json={}, headers=headers)
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0

"""Somebody with unmistakable data goes by every road, and is forgotten: no table, topic or log names them."""

import json
from pathlib import Path

import asyncpg
import pytest

from shangji import secrets
from shangji.client import Client, connect
from shangji.home import Home, read_json
from shangji.infra import postgres
from shangji.infra.servers import PostgresServer
from shangji.names import DATABASE, SERVICES
from shangji.ports import LOOPBACK
from shangji.stack import Stack
from tests.privacy.roads import CANARIES, be_merged, be_worked_on, come_again, come_by_form, found
from tests.support.stack import Shangji, open_stack
from tests.support.waiting import until

pytestmark = pytest.mark.slow


async def in_tables(home: Home) -> dict[str, list[str]]:
    """Where a table of a service names the person."""
    server = PostgresServer(
        host=LOOPBACK,
        port=read_json(home.ports_file)["postgres"],
        admin=postgres.ADMIN,
        password=secrets.ensure_passwords(home)[postgres.ADMIN],
    )
    connection = await asyncpg.connect(server.url(DATABASE))
    try:
        return await CANARIES.in_tables(connection, SERVICES)
    finally:
        await connection.close()


def in_topics_and_logs(home: Home) -> dict[str, list[str]]:
    """Where a log of Kafka's, a log of a process, or a message that was sent names the person."""
    folders = (home.kafka_data, home.logs, home.path / "sent")
    assert any(home.kafka_data.rglob("*.log"))
    return {path: words for folder in folders for path, words in CANARIES.in_files(folder).items()}


async def test_a_person_who_came_by_every_road_is_forgotten_everywhere(tmp_path: Path):
    home = Home(tmp_path / "home")
    with open_stack(home.path, "--no-demo") as shangji:
        async with connect(Stack.read(home)) as client:
            house = await found(shangji, client)
            lead_id = await come_by_form(house)
            await come_again(house, tmp_path)
            other_id = await be_merged(house, lead_id)
            await until("the lead's owner", lambda: is_owned(client, lead_id))
            contact_id = await be_worked_on(house, lead_id)
            await client.wait_for_quiet()
            before = await in_tables(home)

            assert in_topics_and_logs(home) == {}
            assert set(before) == {
                "leads.touch",
                "leads.audit",
                "leads.duplicate_candidate",
                "opportunities.activity",
                "opportunities.document",
                "opportunities.document_chunk",
                "opportunities.idempotency",
            }
            assert is_told(shangji, contact_id)

            certificate = shangji.json("privacy", "erase", "contact", contact_id)
            await client.wait_for_quiet()

            assert await in_tables(home) == {}
            assert in_topics_and_logs(home) == {}
            assert CANARIES.in_bytes(json.dumps(certificate).encode()) == []
            assert {lead_id, other_id} <= set(certificate["lead_ids"])
            assert {"quarantine", "import_rows", "import_files", "answers"} <= set(
                certificate["erased"]
            )
            deal = (await client.get("opportunities", "/opportunities"))["items"][0]
            assert deal["amount"] == "128000.00"
        shangji.must("verify")


async def is_owned(client: Client, lead_id: str) -> bool:
    return (await client.get("leads", f"/leads/{lead_id}"))["owner_id"] is not None


def is_told(shangji: Shangji, contact_id: str) -> bool:
    """Whether a bundle names the person in all ways."""
    told = shangji.must("privacy", "bundle", "contact", contact_id, "--purpose", "Asked by letter")
    return set(CANARIES.in_bytes(told.encode())) == set(CANARIES.words)

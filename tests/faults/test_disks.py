"""F17, F18: the disk of a server is full, and then there is room again."""

import httpx
import pytest

from tests.faults.disks import let_no_file_grow, no_room_for
from tests.faults.rig import OPERATOR, Rig
from tests.support.ledger import open_client
from tests.support.waiting import until

pytestmark = pytest.mark.slow

HEARD = ("opportunities.heard", "notifications.heard", "analytics.heard")
SAID = ("leads.feed", "opportunities.feed")


async def test_while_tables_cannot_grow_what_is_said_and_heard_waits(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken()
    waits = {name: rig.said(name, "batch_began_anew") for name in ("opportunities", "analytics")}
    relays = rig.said("leads", "relay_began_anew")

    async with no_room_for(rig, *HEARD, *SAID):
        for name, before in waits.items():
            await rig.until_said(name, "batch_began_anew", more_than=before)
        await rig.until_said("leads", "relay_began_anew", more_than=relays)
        await rig.until_taken(50)

    await rig.until_taken()
    await rig.ledger.end()
    await rig.check()


async def test_while_tables_cannot_grow_commands_are_refused_and_none_is_believed_done(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken()

    async with no_room_for(rig, "leads.outbox"):
        await until("commands to be refused", lambda: _is_refused(rig))
        taken = len(rig.ledger.leads)
        await rig.until_unclear(20, status=503)
        assert len(rig.ledger.leads) == taken

    await rig.until_taken()
    await rig.ledger.end()
    await rig.check()


@pytest.mark.parametrize("name", ["postgres", "kafka"])
async def test_a_server_whose_log_finds_no_room_comes_back_with_all_it_had_promised(
    rig: Rig, name: str
):
    rig.ledger.begin()
    await rig.until_taken()
    before = rig.process(name)

    let_no_file_grow(rig, name)

    await rig.until_restarted(name, before)
    await rig.until_taken()
    await rig.ledger.end()
    await rig.check()


async def _is_refused(rig: Rig) -> bool:
    """Whether a command is told to come back later, in the words of a problem."""
    body = {"phone": "+8613900000000", "company_name": "Nowhere", "region": "浙江"}
    headers = {**rig.ledger.bearer(OPERATOR), "Idempotency-Key": "never-done"}
    async with open_client() as client:
        try:
            answer = await client.post(
                f"{rig.stack.url('leads')}/leads", json=body, headers=headers
            )
        except httpx.HTTPError:
            return False
    return answer.status_code == 503 and "Retry-After" in answer.headers

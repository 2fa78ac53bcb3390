"""F28: the clock of one service jumps, and the clocks of all differ, while everybody is busy."""

import time
from datetime import timedelta

import pytest

from tests.faults.rig import OPERATOR, Rig
from tests.support.ledger import open_client

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = {
    "an hour ahead": {"leads": HOUR},
    "an hour behind": {"leads": -HOUR},
    "owners a day ahead": {"opportunities": DAY},
    "reminders a day ahead": {"notifications": DAY},
    "reports a day behind": {"analytics": -DAY},
    "none like another": {
        "leads": timedelta(minutes=5),
        "opportunities": timedelta(minutes=-5),
        "notifications": timedelta(minutes=10),
        "analytics": timedelta(minutes=-10),
    },
}
EVERYBODY = ("leads", "opportunities", "notifications", "analytics")
OWNED = "SELECT count(*) FROM opportunities.ownership WHERE owner_id IS NOT NULL"


async def test_clocks_that_jump_and_differ_lose_nothing_and_turn_no_order_around(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken()

    for shifts in JUMPS.values():
        await set_clocks(rig, **shifts)
        await rig.until_taken(20)
        owned = await rig.count(OWNED)
        await rig.until_counted("leads to get owners", OWNED, more_than=owned)
    await set_clocks(rig)
    await rig.until_taken(20)

    await rig.ledger.end()
    await rig.check()


async def test_a_token_of_a_clock_that_differs_is_good_within_a_minute(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
):
    """A session of the operator that ends in five minutes, signed by clocks that go wrong."""
    now = time.time()
    answers: dict[int, set[int]] = {}

    for wrong in (0, 45, -45, 300, -600):
        with monkeypatch.context() as clock:
            clock.setattr("shared.tokens.time.time", lambda wrong=wrong: now + wrong)
            token = rig.ledger.signer.for_person(OPERATOR, lifetime=timedelta(minutes=5))
        answers[wrong] = await answered(rig, token)

    assert answers == {0: {200}, 45: {200}, -45: {200}, 300: {401}, -600: {401}}
    await rig.check()


async def answered(rig: Rig, token: str) -> set[int]:
    """What the services answer to one who shows this token."""
    headers = {"Authorization": f"Bearer {token}"}
    async with open_client() as client:
        return {
            (
                await client.get(f"{rig.stack.url(service)}/operations/status", headers=headers)
            ).status_code
            for service in EVERYBODY
        }


async def set_clocks(rig: Rig, **shifts: timedelta) -> None:
    """Put each service's clock so far from the true time; those not named go right."""
    async with rig.administrator() as administrator:
        for service in EVERYBODY:
            await administrator.execute(
                f"UPDATE {service}.clock SET shift = $1", shifts.get(service, timedelta(0))
            )

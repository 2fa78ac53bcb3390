"""Nobody acts: the owner hears of it on the third day, who leads them on the fifth, and on the seventh it moves."""

from datetime import timedelta
from typing import Any

import pytest_asyncio

from tests.stories.enterprise import OPERATOR, Enterprise, found
from tests.stories.test_main_road import capture, owner_of
from tests.support.world import World

DAY = timedelta(days=1)
WORKING_DAY = 450
"""Minutes."""


@pytest_asyncio.fixture
async def house(world: World) -> Enterprise:
    return await found(world)


async def configure(house: Enterprise, service: str, kind: str, body: dict[str, Any]) -> None:
    path = f"/configurations/{kind}"
    draft = await house.act(
        service, "POST", path, by=OPERATOR, json={"body": body, "why": "3 / 5 / 7"}
    )
    for state in ("checked", "activated"):
        await house.act(
            service,
            "PUT",
            f"{path}/{draft.json()['version']}/state",
            by=OPERATOR,
            json={"state": state},
        )


async def told(house: Enterprise, who: Any, kind: str) -> int:
    inbox = await house.get("notifications", "/inbox", by=who)
    return sum(notice["kind"] == kind for notice in inbox["items"])


async def test_escalation_goes_up_on_days_three_five_and_seven(house: Enterprise):
    await configure(
        house,
        "opportunities",
        "routing",
        {
            "rules": [{"name": "by region", "to": "by_region"}],
            "respond_within_minutes": 3 * WORKING_DAY,
            "pass_on_within_minutes": 7 * WORKING_DAY,
        },
    )
    await configure(house, "notifications", "escalation", {"after": "PT15H", "working_time": True})
    await house.world.reach_tuesday_morning()
    lead_id = await capture(house)
    first = await owner_of(house, lead_id)
    [other] = {*house.sellers} - {first}
    seen: list[tuple[int, int, bool]] = []

    # From Tuesday at nine: Thursday evening, Monday evening, Wednesday evening.
    for days in (2, 1, 3, 1, 1, 1):
        await house.world.advance(days * DAY)
        seen.append(
            (
                await told(house, first, "follow_up_overdue"),
                await told(house, house.lead, "follow_up_escalated"),
                await owner_of(house, lead_id) == other,
            )
        )

    assert seen == [
        (0, 0, False),
        (1, 0, False),
        (1, 0, False),
        (1, 1, False),
        (1, 1, False),
        (1, 1, True),
    ]

"""Rules and people that make no sense: refused when they are saved, or handled with a reason that can be read."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.opportunities.owners.house import House, Json, captured

BY_REGION = {"name": "by region", "to": "by_region"}


async def two(house: House) -> tuple[Json, Json]:
    east = await house.unit("East", regions=["华东"])
    return await house.person("anna", east), await house.person("ben", east)


async def test_two_equal_sellers_share_a_lead_a_day_for_thirty_days(house: House):
    anna, ben = await two(house)
    leads = [captured() for _ in range(30)]

    for lead in leads:
        await house.hear(lead)
        await house.world.advance(timedelta(days=1))

    owners = Counter([await house.owner_of(lead) for lead in leads])
    assert owners == {anna["id"]: 15, ben["id"]: 15}


async def test_an_expression_that_divides_by_zero_on_one_lead_stops_neither_it_nor_others(
    house: House,
):
    await two(house)
    broken = {"name": "broken", "when": "100.0 / score > 1.0 && 1 / int(score) > 0", "to": "East"}
    await house.configure("routing", rules=[broken, BY_REGION])
    zero, fine = captured(lead={"score": 0.0}), captured(lead={"score": 1.0})

    await house.hear(zero, fine)

    assert None not in {await house.owner_of(zero), await house.owner_of(fine)}
    rows = await house.rows("SELECT body->'reasons' AS reasons FROM receipt")
    assert ["rule_failed:broken"] in [row["reasons"] for row in rows]


async def test_a_rule_that_excludes_everybody_passes_to_the_next(house: House):
    await two(house)
    nobody = {**BY_REGION, "name": "nobody", "skills": ["Klingon"], "level": 9}
    await house.configure("routing", rules=[nobody, BY_REGION])
    lead = captured()

    await house.hear(lead)

    assert await house.owner_of(lead) is not None


async def test_a_fallback_owner_who_has_left_leaves_it_to_the_pool_with_a_reason(house: House):
    anna, _ = await two(house)
    await house.configure("routing", rules=[], otherwise={"fallback_owner_id": anna["id"]})
    await house.change(f"/persons/{anna['id']}", active=False)

    await house.hear(captured())

    [receipt] = await house.rows("SELECT body->'reasons' AS reasons FROM receipt")
    assert receipt["reasons"] == ["no_rule_applies", "fallback_unavailable"]
    assert len(await house.said("ownership.pooled.v1")) == 1


@pytest.mark.parametrize(
    ("cap", "status"), [(0, 201), (1_000_000, 201), (1_000_001, 422), (-1, 422)]
)
async def test_caps_have_limits(house: House, cap: int, status: int):
    east = await house.unit("East", regions=["华东"])
    body = {"username": "anna", "name": "Anna", "unit_id": east["id"], "roles": ["seller"]}

    answer = await house.ask(house.operator, "POST", "/persons", {**body, "daily_cap": cap})

    assert answer.status_code == status


async def test_a_cap_of_nothing_gives_nothing_and_says_so(house: House):
    east = await house.unit("East", regions=["华东"])
    await house.person("anna", east, daily_cap=0)

    await house.hear(captured())

    [pooled] = await house.said("ownership.pooled.v1")
    assert pooled["reason"] == "daily_cap_reached"


async def test_a_person_belongs_to_a_unit_that_is_there(house: House):
    east = await house.unit("East")
    await house.change(f"/units/{east['id']}", active=False)
    body = {"username": "anna", "name": "Anna", "unit_id": east["id"], "roles": ["seller"]}

    nowhere = await house.ask(house.operator, "POST", "/persons", {**body, "unit_id": None})
    closed = await house.ask(house.operator, "POST", "/persons", body)

    assert nowhere.status_code == 422
    assert closed.json()["type"] == "/problems/unit-outside-scope"

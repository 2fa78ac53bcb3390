import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.leads import CustomerFacts, CustomerRegistered, LeadCaptured
from shared.contracts.opportunities import HandOverCompleted
from tests.opportunities.owners.house import NOW, House, Json, captured


@pytest.fixture
async def team(house: House) -> dict[str, Json]:
    """Anna, who leaves, and those who stay."""
    east = await house.unit("East", regions=["华东"])
    people = {name: await house.person(name, east) for name in ("anna", "ben", "cara")}
    people["lea"] = await house.person("lea", east, roles=["team_lead"])
    people["far"] = await house.person("far", await house.unit("West"))
    return people


async def leads_of(house: House, who: Json, count: int, **facts: Any) -> list[LeadCaptured]:
    """Leads that somebody found themselves."""
    leads = [captured(lead={"wanted_owner_id": UUID(who["id"])}, **facts) for _ in range(count)]
    await house.hear(*leads)
    return leads


async def customer_of(house: House, who: Json, **facts: Any) -> UUID:
    registered = CustomerRegistered(
        customer_id=uuid4(),
        facts=CustomerFacts(**{"name": "杭州西湖机械有限公司", **facts}),
        wanted_owner_id=UUID(who["id"]),
        registered_at=NOW,
    )
    await house.hear(registered)
    return registered.customer_id


async def deal_with(house: House, who: Json, customer_id: UUID) -> Json:
    body = {
        "customer_id": str(customer_id),
        "amount": "1000",
        "currency": "CNY",
        "next_step": "call",
        "next_step_on": "2099-03-02",
    }
    answer = await house.ask(who["id"], "POST", "/opportunities", body)
    assert answer.status_code == 201, answer.text
    await house.world.settle()
    return answer.json()


async def hand_over(
    house: House, by: Json | UUID, who: Json, *to: Json | tuple[Json, Json], **more: Any
) -> httpx.Response:
    shares = [
        {"person_id": one[0]["id"], **one[1]}
        if isinstance(one, tuple)
        else {"person_id": one["id"]}
        for one in to
    ]
    body = {"from_person_id": who["id"], "to": shares, "reason": "leaves", **more}
    asker = by if isinstance(by, UUID) else by["id"]
    return await house.ask(asker, "POST", "/hand-overs", body)


async def outcome(house: House, asked: httpx.Response) -> Json:
    assert asked.status_code == 202, asked.text
    await house.world.advance()
    return (await house.ask(house.operator, "GET", asked.headers["Location"])).json()


async def owners(house: House) -> Counter[str]:
    rows = await house.rows("SELECT owner_id FROM ownership WHERE owner_id IS NOT NULL")
    return Counter(str(row["owner_id"]) for row in rows)


async def test_everything_goes_in_one_act_with_its_list_and_the_account_is_closed(
    house: House, team: dict[str, Json]
):
    anna, ben = team["anna"], team["ben"]
    await leads_of(house, anna, 3)
    deal = await deal_with(house, anna, await customer_of(house, anna))

    done = await outcome(house, await hand_over(house, house.operator, anna, ben, leaves=True))

    assert (done["state"], done["records"]) == ("done", 5)
    assert await owners(house) == {ben["id"]: 5}
    shown = await house.ask(ben["id"], "GET", f"/opportunities/{deal['id']}")
    assert shown.json()["owner_id"] == ben["id"]
    listed = await house.ask(house.operator, "GET", f"/hand-overs/{done['id']}/items")
    header, *rows = listed.text.removeprefix("\ufeff").split()
    assert header == "record_id,subject_kind,subject_id,product_line,from_id,to_id"
    assert Counter(row.split(",")[1] for row in rows) == {
        "lead": 3,
        "customer": 1,
        "opportunity": 1,
    }
    assert (await house.ask(anna["id"], "GET", "/me")).status_code == 401


async def test_the_new_owner_is_told_once(house: House, team: dict[str, Json]):
    await leads_of(house, team["anna"], 4)

    await outcome(house, await hand_over(house, team["lea"], team["anna"], team["ben"]))

    [said] = await house.said(HandOverCompleted.model_fields["type"].default)
    assert [(str(got["person_id"]), got["leads"]) for got in said["received"]] == [
        (team["ben"]["id"], 4)
    ]
    told = [e for e in await house.said("ownership.assigned.v1") if e["hand_over_id"]]
    assert {event["hand_over_id"] for event in told} == {said["hand_over_id"]}
    assert len(told) == 4


async def test_shares_split_by_weight_and_condition_and_keep_a_customer_together(
    house: House, team: dict[str, Json]
):
    anna, ben, cara = team["anna"], team["ben"], team["cara"]
    await leads_of(house, anna, 4, region="华东")
    await leads_of(house, anna, 2, region="华南")
    customer_id = await customer_of(house, anna, region="华东")
    deals = [await deal_with(house, anna, customer_id) for _ in range(3)]

    south = (cara, {"when": "region == '华南'"})
    rest = [(who, {"when": "region != '华南'"}) for who in (ben, cara)]
    done = await outcome(house, await hand_over(house, house.operator, anna, south, *rest))

    assert done["state"] == "done"
    of_deals = await house.rows("SELECT DISTINCT owner_id FROM deal")
    assert len(of_deals) == 1, f"{len(deals)} deals of one customer stay together"
    south_owners = await house.rows(
        "SELECT owner_id FROM ownership JOIN lead_copy ON lead_copy.id = subject_id"
        " WHERE region = '华南'"
    )
    assert {str(row["owner_id"]) for row in south_owners} == {cara["id"]}
    assert (await owners(house))[ben["id"]] >= 2


async def test_what_nobody_is_to_take_stops_the_whole_of_it(house: House, team: dict[str, Json]):
    anna, ben = team["anna"], team["ben"]
    await leads_of(house, anna, 2, region="华东")
    await leads_of(house, anna, 1, region="华南")

    asked = await hand_over(house, house.operator, anna, (ben, {"when": "region == '华东'"}))
    done = await outcome(house, asked)

    assert (done["state"], done["records"]) == ("refused", 0)
    assert done["problem"].startswith("Nobody is to take the lead")
    assert await owners(house) == {anna["id"]: 3}


async def test_what_somebody_kept_for_another_goes_back_if_they_still_have_it(
    house: House, team: dict[str, Json]
):
    anna, ben, cara = team["anna"], team["ben"], team["cara"]
    first, _ = await leads_of(house, anna, 2)
    done = await outcome(house, await hand_over(house, team["lea"], anna, ben))
    path = f"/ownerships?subject_id={first.lead_id}"
    held = (await house.ask(house.operator, "GET", path)).json()["items"][0]
    await house.ask(
        house.operator,
        "PUT",
        f"/ownerships/{held['id']}/owner",
        {"owner_id": cara["id"], "reason": "asked for her"},
    )

    back = f"/hand-overs/{done['id']}/return"
    returned = await outcome(
        house, await house.ask(team["lea"]["id"], "POST", back, {"reason": "is back"})
    )
    twice = await house.ask(team["lea"]["id"], "POST", back, {"reason": "is back"})

    assert (returned["records"], returned["returns_id"]) == (1, done["id"])
    assert await owners(house) == {anna["id"]: 1, cara["id"]: 1}
    assert twice.status_code == 409


@pytest.mark.parametrize(
    ("by", "to", "more", "status"),
    [
        pytest.param("ben", "cara", {}, 403, id="a colleague"),
        pytest.param("lea", "far", {}, 409, id="to somebody outside one's part"),
        pytest.param("lea", "ben", {"leaves": True}, 403, id="closing an account as a team lead"),
        pytest.param("lea", "anna", {}, 409, id="to oneself"),
        pytest.param("lea", "ben", {"kinds": []}, 422, id="of nothing"),
    ],
)
async def test_who_may_hand_over_what_to_whom(
    house: House, team: dict[str, Json], by: str, to: str, more: Json, status: int
):
    answer = await hand_over(house, team[by], team["anna"], team[to], **more)

    assert answer.status_code == status


async def test_conditions_that_cannot_be_understood_are_refused_with_the_place(
    house: House, team: dict[str, Json]
):
    answer = await hand_over(
        house, team["lea"], team["anna"], team["ben"], (team["cara"], {"when": "regin =="})
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/to/1/when"


async def test_a_hand_over_and_new_leads_at_the_same_moment_leave_every_lead_with_one_owner(
    house: House, team: dict[str, Json]
):
    anna, ben = team["anna"], team["ben"]
    await leads_of(house, anna, 5)
    asked = await hand_over(house, house.operator, anna, ben, leaves=True)

    late = leads_of(house, anna, 5)
    await asyncio.gather(house.world.advance(timedelta(0)), late)

    rows = await house.rows("SELECT count(*) AS leads, count(DISTINCT subject_id) FROM ownership")
    assert asked.status_code == 202
    assert (rows[0]["leads"], rows[0]["count"]) == (10, 10)

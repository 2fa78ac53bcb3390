import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.leads import LeadCaptured, LeadDisqualified
from shared.ids import ownership_id
from tests.opportunities.owners.house import NOW, House, Json, captured
from tests.opportunities.owners.test_assignment import converted

BY_REGION = [{"name": "by region", "to": "by_region"}]


@pytest.fixture
async def east(house: House) -> Json:
    """A team on a Tuesday morning, whose leads go on after two hours of work."""
    await house.world.reach_tuesday_morning()
    await house.configure(
        "routing",
        rules=BY_REGION,
        respond_within_minutes=60,
        pass_on_within_minutes=120,
        objective=0.5,
    )
    return await house.unit("East", regions=["华东"])


async def of(house: House, lead: LeadCaptured, who: Json, method: str, what: str) -> httpx.Response:
    path = f"/ownerships/{ownership_id('lead', lead.lead_id)}/{what}"
    body = {"reason": "not my industry"} if method == "POST" else None
    return await house.ask(who["id"], method, path, body)


async def act(house: House, lead: LeadCaptured, who: Json) -> None:
    """Somebody calls about a lead."""
    body = {
        "subject_kind": "lead",
        "subject_id": str(lead.lead_id),
        "kind": "call",
        "text": "called",
    }
    answer = await house.ask(who["id"], "POST", "/activities", body)
    assert answer.status_code == 201, answer.text


async def late(house: House, who: UUID | str) -> list[Json]:
    return (await house.ask(who, "GET", "/response-times/late")).json()["items"]


async def times(house: House, by: str = "owner") -> dict[str, Json]:
    async with house.world["opportunities"].database.tx() as tx:
        query = {"since": tx.now - timedelta(days=2), "until": tx.now + timedelta(days=2)}
    asked = httpx.QueryParams({name: at.isoformat() for name, at in query.items()} | {"by": by})
    answer = await house.ask(house.operator, "GET", f"/response-times?{asked}")
    assert answer.status_code == 200, answer.text
    return {row["by"]: row for row in answer.json()}


async def test_what_an_owner_leaves_undone_goes_to_the_next_and_then_to_the_pool(
    house: House, east: Json
):
    anna, ben = await house.person("anna", east), await house.person("ben", east)
    lead = captured()
    await house.hear(lead)

    owners: list[Any] = [await house.owner_of(lead)]
    for _ in range(2):
        await house.world.advance(timedelta(hours=4))
        owners.append(await house.owner_of(lead))

    assert owners == [anna["id"], ben["id"], None]
    path = f"/ownerships/{ownership_id('lead', lead.lead_id)}/receipts"
    latest, *_ = (await house.ask(house.operator, "GET", path)).json()
    assert latest["choice"]["trials"][0]["excluded"] == {
        anna["id"]: "timed_out",
        ben["id"]: "timed_out",
    }
    assert (await house.said("ownership.pooled.v1"))[-1]["reason"] == "timed_out"


async def test_who_accepts_or_does_something_keeps_it(house: House, east: Json):
    anna = await house.person("anna", east)
    accepted, worked_on = captured(), captured()
    await house.hear(accepted, worked_on)

    answers = [await of(house, accepted, anna, "PUT", "acceptance") for _ in range(2)]
    await act(house, worked_on, anna)
    await house.world.advance(timedelta(hours=5))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["pass_on_at"] is None
    assert {await house.owner_of(accepted), await house.owner_of(worked_on)} == {anna["id"]}
    assert len(await house.said("ownership.accepted.v1")) == 1


async def test_a_declined_lead_is_the_next_one_s_at_once(house: House, east: Json):
    anna, ben = await house.person("anna", east), await house.person("ben", east)
    lead = captured()
    await house.hear(lead)

    by_ben = await of(house, lead, ben, "POST", "declines")
    by_anna = await of(house, lead, anna, "POST", "declines")
    again = await of(house, lead, anna, "POST", "declines")

    assert (by_ben.status_code, by_anna.status_code, again.status_code) == (404, 200, 404)
    assert by_anna.json()["assigned"] is True
    assert await house.owner_of(lead) == ben["id"]


async def test_what_everybody_declines_waits_in_the_pool(house: House, east: Json):
    anna = await house.person("anna", east)
    lead = captured()
    await house.hear(lead)

    answer = await of(house, lead, anna, "POST", "declines")

    assert answer.json()["assigned"] is False
    assert (await house.said("ownership.pooled.v1"))[-1]["reason"] == "declined"


async def test_a_seller_s_own_find_is_never_passed_on(house: House, east: Json):
    anna, _ = await house.person("anna", east), await house.person("ben", east)
    lead = captured(lead={"wanted_owner_id": UUID(anna["id"])})
    await house.hear(lead)

    await house.world.advance(timedelta(days=3))

    assert await house.owner_of(lead) == anna["id"]


async def test_customers_are_never_passed_on(house: House, east: Json):
    anna, _ = await house.person("anna", east), await house.person("ben", east)
    lead, customer_id = captured(lead={"wanted_owner_id": UUID(anna["id"])}), uuid4()
    await house.hear(lead)
    await house.hear(converted(lead.lead_id, customer_id, owner="reassign"), sequence=2)
    [before] = await house.rows("SELECT owner_id FROM ownership WHERE subject_kind = 'customer'")

    fired = await house.world.advance(timedelta(days=3))

    [after] = await house.rows("SELECT owner_id FROM ownership WHERE subject_kind = 'customer'")
    assert (fired, after["owner_id"]) == (0, before["owner_id"])


async def test_accepting_and_passing_on_at_the_same_moment_has_one_outcome(
    house: House, east: Json
):
    anna, ben = await house.person("anna", east), await house.person("ben", east)
    leads = [captured() for _ in range(6)]
    await house.hear(*leads)
    mine = [lead for lead in leads if await house.owner_of(lead) == anna["id"]]

    answers = await asyncio.gather(
        *(of(house, lead, anna, "PUT", "acceptance") for lead in mine),
        house.world.advance(timedelta(hours=2)),
    )

    for lead, answer in zip(mine, answers[:-1], strict=True):
        assert isinstance(answer, httpx.Response)
        kept = answer.status_code == 200
        assert await house.owner_of(lead) == (anna["id"] if kept else ben["id"])


async def test_who_is_late_is_listed_until_they_do_something(house: House, east: Json):
    anna = await house.person("anna", east)
    await house.person("far", await house.unit("West", regions=["华西"]))
    lead = captured()
    await house.hear(lead)
    before = await late(house, house.operator)

    await house.world.advance(timedelta(minutes=61))
    listed, seen_by_anna = await late(house, house.operator), await late(house, anna["id"])
    await act(house, lead, anna)

    assert (before, [item["owner_id"] for item in listed]) == ([], [anna["id"]])
    assert seen_by_anna == listed
    assert await late(house, house.operator) == []


async def test_responses_are_counted_with_what_is_left_of_the_error_budget(
    house: House, east: Json
):
    anna = await house.person("anna", east)
    in_time, too_late, never, over = [captured() for _ in range(4)]
    await house.hear(in_time, too_late, never, over)
    await house.world.advance(timedelta(minutes=30))
    await act(house, in_time, anna)
    gone = LeadDisqualified(
        lead_id=over.lead_id, reason="spam", disqualified_by=None, disqualified_at=NOW
    )
    await house.hear(gone, sequence=2)

    await house.world.advance(timedelta(minutes=60))
    await act(house, too_late, anna)
    by_owner, by_unit, by_day = (
        await times(house),
        await times(house, "unit"),
        await times(house, "day"),
    )

    counted = by_owner[anna["id"]]
    assert (counted["due"], counted["in_time"], counted["late"]) == (4, 2, 2)
    assert (counted["median_minutes"], counted["budget_left"]) == (pytest.approx(60, abs=1), 0)
    assert list(by_unit) == [east["id"]]
    assert [datetime.fromisoformat(day).isoweekday() for day in by_day] == [2]


async def test_time_to_respond_is_counted_in_hours_of_work(house: House, east: Json):
    await house.person("anna", east)
    await house.world.advance(timedelta(hours=8, minutes=30))
    lead = captured()

    await house.hear(lead)

    [event] = await house.said("ownership.assigned.v1")
    assert event["respond_by"].strftime("%H:%M") == "01:30"


async def test_passing_on_before_a_response_is_due_is_refused(house: House):
    answer = await house.configure(
        "routing", rules=BY_REGION, respond_within_minutes=60, pass_on_within_minutes=30
    )

    assert answer.status_code == 422


async def test_a_shorter_time_is_rehearsed_on_how_fast_people_are(house: House, east: Json):
    anna = await house.person("anna", east)
    fast, slow = captured(), captured()
    await house.hear(fast, slow)
    await house.world.advance(timedelta(minutes=5))
    await act(house, fast, anna)
    await house.world.advance(timedelta(minutes=40))
    await act(house, slow, anna)
    body = {"rules": [{"name": "by region", "to": "by_region"}], "respond_within_minutes": 15}
    draft = await house.ask(
        house.operator, "POST", "/configurations/routing", {"body": body, "why": "faster"}
    )
    path = f"/configurations/routing/{draft.json()['version']}/rehearsals"
    window = {
        "since": (NOW - timedelta(days=1)).isoformat(),
        "until": (NOW + timedelta(days=1)).isoformat(),
    }

    asked = await house.ask(house.operator, "POST", path, window)
    await house.world.advance()

    result = (await house.ask(house.operator, "GET", asked.headers["Location"])).json()["result"]
    assert (result["before"]["in_time"], result["after"]["in_time"]) == (1.0, 0.5)

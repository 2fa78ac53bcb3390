import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.leads import CustomerFacts, CustomerRegistered, LeadCaptured
from shared.ids import ownership_id
from shared.principals import ROOT_UNIT
from tests.opportunities.owners.house import NOW, House, Json, captured

RECYCLE = {"untouched_days": 30, "warn_days": 5}


async def found_by(house: House, who: Json, **facts: Any) -> LeadCaptured:
    """A lead that somebody found themselves."""
    lead = captured(lead={"wanted_owner_id": UUID(who["id"])}, **facts)
    await house.hear(lead)
    return lead


async def customer_of(house: House, who: Json, **facts: Any) -> str:
    """A customer that somebody registered; the id of its ownership."""
    registered = CustomerRegistered(
        customer_id=uuid4(),
        facts=CustomerFacts(**{"name": "杭州西湖机械有限公司", **facts}),
        wanted_owner_id=UUID(who["id"]),
        registered_at=NOW,
    )
    await house.hear(registered)
    return str(ownership_id("customer", registered.customer_id))


async def deal_with(house: House, who: Json, held: str) -> None:
    shown = (await house.ask(who["id"], "GET", f"/ownerships/{held}")).json()
    body = {"customer_id": shown["subject_id"], "amount": "1000", "currency": "CNY"}
    step = {"next_step": "call", "next_step_on": "2099-03-02"}
    answer = await house.ask(who["id"], "POST", "/opportunities", {**body, **step})
    assert answer.status_code == 201, answer.text


async def log(house: House, who: Json, held: str, **more: Any) -> None:
    """Somebody does something about what they have."""
    shown = (await house.ask(who["id"], "GET", f"/ownerships/{held}")).json()
    body = {
        "subject_kind": shown["subject_kind"],
        "subject_id": shown["subject_id"],
        "kind": "call",
        "text": "called",
    }
    answer = await house.ask(who["id"], "POST", "/activities", {**body, **more})
    assert answer.status_code == 201, answer.text


async def give_back(house: House, who: Json, held: str) -> httpx.Response:
    return await house.ask(who["id"], "DELETE", f"/ownerships/{held}/owner?reason=no+time")


async def claim(house: House, who: Json, held: str) -> httpx.Response:
    return await house.ask(who["id"], "PUT", f"/pool/{held}/owner")


async def owner(house: House, held: str) -> str | None:
    return (await house.ask(house.operator, "GET", f"/ownerships/{held}")).json()["owner_id"]


def of(lead: LeadCaptured) -> str:
    return str(ownership_id("lead", lead.lead_id))


async def pool_of(house: House, held: str) -> str:
    [row] = await house.rows(
        "SELECT pool.name FROM ownership JOIN pool ON pool.id = pool_id WHERE ownership.id = $1",
        UUID(held),
    )
    return row["name"]


async def test_a_record_waits_in_the_first_pool_that_is_for_it(house: House):
    east = await house.unit("East")
    anna = await house.person("anna", east)
    await house.configure("pool:a-east", unit_id=east["id"], grades=["A"])
    await house.configure("pool:b-all", industries=["能源"])
    leads = [
        captured(region="海外", industry=industry, lead={"grade": grade, **unit})
        for industry, grade, unit in (
            ("能源", "A", {"unit_id": UUID(east["id"])}),
            ("能源", "A", {}),
            ("汽车", "A", {}),
        )
    ]

    await house.hear(*leads)

    assert [await pool_of(house, of(lead)) for lead in leads] == ["a-east", "b-all", "leads"]
    seen = (await house.ask(anna["id"], "GET", "/pool")).json()["items"]
    assert {lead["pool"] for lead in seen} == {"a-east", "b-all", "leads"}


async def test_who_does_not_belong_to_a_pool_s_part_neither_sees_nor_claims_what_waits_there(
    house: House,
):
    east = await house.unit("East")
    far = await house.person("far", await house.unit("West"))
    await house.configure("pool:east", unit_id=east["id"])
    lead = captured(region="海外", lead={"unit_id": UUID(east["id"])})
    await house.hear(lead)

    assert (await house.ask(far["id"], "GET", "/pool")).json()["items"] == []
    assert (await claim(house, far, of(lead))).status_code in (403, 404)


async def test_each_pool_has_rules_of_its_own(house: House):
    anna = await house.person("anna")
    await house.configure("pool:key", grades=["A"], holding_cap=1)
    good = [captured(region="海外", lead={"grade": "A"}) for _ in range(2)]
    usual = captured(region="海外", lead={"grade": "C"})
    await house.hear(*good, usual)

    answers = [await claim(house, anna, of(lead)) for lead in (*good, usual)]

    assert [answer.status_code for answer in answers] == [200, 409, 200]


async def test_nobody_claims_what_has_only_just_come(house: House):
    anna = await house.person("anna")
    await house.configure("pool", fresh_lock_minutes=30)
    [held] = await house.pooled()

    early = await claim(house, anna, held)
    await house.world.advance(timedelta(minutes=31))

    assert early.json()["type"] == "/problems/still-fresh"
    assert (await claim(house, anna, held)).status_code == 200


async def test_managers_may_be_exempt_from_caps(house: House):
    await house.configure("pool", holding_cap=0, exempt_roles=["manager"])
    anna, mo = await house.person("anna"), await house.person("mo", roles=["manager"])
    [held] = await house.pooled()

    assert (await claim(house, anna, held)).status_code == 409
    assert (await claim(house, mo, held)).status_code == 200


async def test_many_are_claimed_at_once_as_far_as_one_may(house: House):
    anna = await house.person("anna", open_cap=2)
    leads = await house.pooled(4)

    body = {"ownership_ids": leads}
    answer = (await house.ask(anna["id"], "POST", "/pool/claims", body)).json()

    assert sorted(each["claimed"] for each in answer) == [False, False, True, True]
    assert {each["problem"] for each in answer} == {"", "/problems/holding-cap-reached"}


async def test_two_who_claim_the_same_many_at_once_share_them(house: House):
    people = [await house.person(name) for name in ("anna", "ben", "cara")]
    leads = await house.pooled(9)

    answers = await asyncio.gather(
        *(
            house.ask(who["id"], "POST", "/pool/claims", {"ownership_ids": leads[::order]})
            for who, order in zip(people, (1, -1, 1), strict=True)
        )
    )

    claimed = [each["ownership_id"] for a in answers for each in a.json() if each["claimed"]]
    assert sorted(claimed) == sorted(leads)


async def test_a_customer_waits_in_a_pool_for_customers_and_is_claimed(house: House):
    anna, ben = await house.person("anna"), await house.person("ben")
    held = await customer_of(house, anna)
    nowhere = await give_back(house, anna, held)
    await house.configure("pool:customers", subject="customer")

    returned = await give_back(house, anna, held)
    [waiting] = (await house.ask(ben["id"], "GET", "/pool/customers")).json()["items"]
    claimed = await claim(house, ben, held)

    assert nowhere.json()["type"] == "/problems/not-pooled"
    assert (returned.status_code, waiting["pool"], waiting["reason"]) == (
        204,
        "customers",
        "no time",
    )
    assert claimed.json()["owner_id"] == ben["id"]
    assert (await house.ask(ben["id"], "GET", "/pool")).json()["items"] == []


async def test_a_customer_with_open_deals_stays_with_its_owner(house: House):
    anna = await house.person("anna")
    await house.configure("pool:customers", subject="customer", recycle=RECYCLE)
    held = await customer_of(house, anna)
    await deal_with(house, anna, held)

    answer = await give_back(house, anna, held)
    await house.world.advance(timedelta(days=60))

    assert answer.json()["type"] == "/problems/has-open-deals"
    assert await owner(house, held) == anna["id"]


async def test_what_nobody_follows_up_comes_back_after_a_warning(house: House):
    anna = await house.person("anna")
    await house.configure("pool", recycle=RECYCLE)
    lead = await found_by(house, anna)

    await house.world.advance(timedelta(days=26))
    warned = await house.said("ownership.recycle_warned.v1")
    still = await owner(house, of(lead))
    await house.world.advance(timedelta(days=5))

    assert (len(warned), str(warned[0]["owner_id"]), still) == (1, anna["id"], anna["id"])
    assert await owner(house, of(lead)) is None
    assert (await house.said("ownership.pooled.v1"))[-1]["reason"] == "untouched"
    assert len(await house.said("ownership.recycle_warned.v1")) == 1


async def test_who_follows_up_keeps_it_and_is_warned_anew(house: House):
    anna = await house.person("anna")
    await house.configure("pool", recycle=RECYCLE)
    lead = await found_by(house, anna)
    await house.world.advance(timedelta(days=26))

    await log(house, anna, of(lead))
    await house.world.advance(timedelta(days=26))

    assert await owner(house, of(lead)) == anna["id"]
    assert len(await house.said("ownership.recycle_warned.v1")) == 2


@pytest.mark.parametrize("pause", ["on hold", "planned"])
async def test_what_is_on_hold_or_planned_does_not_come_back_before(house: House, pause: str):
    anna = await house.person("anna")
    await house.configure("pool", recycle=RECYCLE)
    lead = await found_by(house, anna)
    async with house.world["opportunities"].database.tx() as tx:
        day = tx.now + timedelta(days=50)
    if pause == "planned":
        await log(house, anna, of(lead), next_step="tender", next_step_on=day.date().isoformat())
    else:
        body = {"until": day.isoformat(), "reason": "tender"}
        path = f"/ownerships/{of(lead)}/hold"
        held = await house.ask(anna["id"], "PUT", path, body)
        assert held.json()["hold_reason"] == "tender"

    await house.world.advance(timedelta(days=45))
    during = await owner(house, of(lead))
    await house.world.advance(timedelta(days=10))

    assert (during, await owner(house, of(lead))) == (anna["id"], None)


async def test_only_what_a_pool_is_for_comes_back_to_it(house: House):
    anna = await house.person("anna")
    await house.configure("pool:small", subject="customer", levels=["C"], recycle=RECYCLE)
    small, great = [await customer_of(house, anna, level=level) for level in ("C", "A")]

    await house.world.advance(timedelta(days=31))

    assert [await owner(house, held) for held in (small, great)] == [None, anna["id"]]


async def test_a_follow_up_and_the_recycling_at_the_same_second_have_one_outcome(house: House):
    anna = await house.person("anna")
    await house.configure("pool", recycle=RECYCLE)
    leads = [await found_by(house, anna) for _ in range(4)]

    async def follow_up(lead: LeadCaptured) -> int:
        body = {"subject_kind": "lead", "subject_id": str(lead.lead_id)}
        body |= {"kind": "call", "text": "called"}
        return (await house.ask(anna["id"], "POST", "/activities", body)).status_code

    *_, fired = await asyncio.gather(
        *(follow_up(lead) for lead in leads), house.world.advance(timedelta(days=31))
    )

    rows = await house.rows("SELECT owner_id, pool_id FROM ownership")
    assert fired >= 0
    assert all((row["owner_id"] is None) != (row["pool_id"] is None) for row in rows)


async def test_the_pool_of_all_leads_is_for_no_part_of_them(house: House):
    answers = [
        await house.configure("pool", **body)
        for body in ({"grades": ["A"]}, {"subject": "customer"}, {"unit_id": str(uuid4())})
    ]

    assert {answer.json()["type"] for answer in answers} == {"/problems/pool-is-for-all"}


async def test_pools_are_listed_with_what_one_may_take(house: House):
    await house.configure("pool:customers", subject="customer", holding_cap=7, recycle=RECYCLE)
    anna = await house.person("anna")

    listed = (await house.ask(anna["id"], "GET", "/pool/policies")).json()

    [mine] = [pool for pool in listed if pool["name"] == "customers"]
    assert (mine["holding_cap"], mine["recycles_after_days"]) == (7, 30)
    assert mine["unit_id"] == str(ROOT_UNIT)


async def rehearsed(house: House, kind: str, **body: Any) -> Json:
    """What a draft would have made of the last year."""
    draft = await house.ask(
        house.operator, "POST", f"/configurations/{kind}", {"body": body, "why": "try"}
    )
    window = {
        "since": (NOW - timedelta(days=365)).isoformat(),
        "until": (NOW + timedelta(days=365)).isoformat(),
    }
    path = f"/configurations/{kind}/{draft.json()['version']}/rehearsals"
    asked = await house.ask(house.operator, "POST", path, window)
    assert asked.status_code == 202, asked.text
    await house.world.advance()
    return (await house.ask(house.operator, "GET", asked.headers["Location"])).json()


async def test_recycling_is_rehearsed_on_what_people_hold_and_takes_nothing(house: House):
    anna = await house.person("anna", await house.unit("East"))
    forgotten, cared_for = await found_by(house, anna), await found_by(house, anna)
    await house.world.advance(timedelta(days=20))
    await log(house, anna, of(cared_for))
    await house.world.advance(timedelta(days=20))

    done = await rehearsed(house, "pool", recycle=RECYCLE)

    result = done["result"]
    assert (done["state"], done["kind"]) == ("done", "pool")
    assert (result["leads"], result["moved"]) == (2, 1)
    assert (result["before"]["pooled"], result["after"]["pooled"]) == (0, 1)
    moves = (await house.ask(house.operator, "GET", f"/rehearsals/{done['id']}/moves")).json()
    [move] = moves["items"]
    assert (move["lead_id"], move["after_id"]) == (str(forgotten.lead_id), None)
    assert await owner(house, of(forgotten)) == anna["id"]


async def test_a_pool_of_customers_is_rehearsed_without_those_with_open_deals(house: House):
    anna = await house.person("anna", await house.unit("East"))
    busy, idle = [await customer_of(house, anna, name=name) for name in ("甲公司", "乙公司")]
    await deal_with(house, anna, busy)
    await house.world.advance(timedelta(days=40))

    done = await rehearsed(house, "pool:small", subject="customer", recycle=RECYCLE)

    assert (done["result"]["leads"], done["result"]["after"]["pooled"]) == (1, 1)
    assert await owner(house, idle) == anna["id"]


async def test_a_pool_that_would_not_do_is_not_rehearsed(house: House):
    draft = await house.ask(
        house.operator,
        "POST",
        "/configurations/pool",
        {"body": {"subject": "customer"}, "why": "x"},
    )
    path = f"/configurations/pool/{draft.json()['version']}/rehearsals"

    refused = await house.ask(
        house.operator, "POST", path, {"since": NOW.isoformat(), "until": "2027-01-01T00:00:00Z"}
    )

    assert refused.status_code == 422, refused.text

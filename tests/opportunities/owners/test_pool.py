import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

from shared.db import Scope
from shared.ids import ownership_id
from tests.opportunities.owners.house import House, captured


async def test_of_fifty_who_claim_at_once_exactly_one_has_it(house: House):
    east = await house.unit("East")
    sellers = [await house.person(f"seller{n}", east) for n in range(50)]
    [held] = await house.pooled()

    answers = await asyncio.gather(
        *(house.ask(seller["id"], "PUT", f"/pool/{held}/owner") for seller in sellers)
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    [winner] = [answer.json() for answer in answers if answer.status_code == 200]
    assert {a.json()["type"] for a in answers if a.is_error} == {"/problems/already-owned"}
    [event] = await house.said("ownership.assigned.v1")
    assert (str(event["owner_id"]), event["reason"]) == (winner["owner_id"], "claimed")


async def test_one_seller_who_claims_many_at_once_stays_within_the_cap(house: House):
    anna = await house.person("anna", open_cap=3)
    leads = await house.pooled(8)

    answers = await asyncio.gather(
        *(house.ask(anna["id"], "PUT", f"/pool/{held}/owner") for held in leads)
    )

    assert Counter(answer.status_code for answer in answers) == {200: 3, 409: 5}


async def test_returning_a_lead_makes_no_room_for_the_day(house: House):
    anna = await house.person("anna", daily_cap=1)
    first, second = await house.pooled(2)
    await house.ask(anna["id"], "PUT", f"/pool/{first}/owner")
    await house.ask(anna["id"], "DELETE", f"/ownerships/{first}/owner?reason=no+budget")

    answer = await house.ask(anna["id"], "PUT", f"/pool/{second}/owner")

    assert answer.json()["type"] == "/problems/daily-cap-reached"


async def test_who_returned_a_lead_stands_back_and_colleagues_do_not(house: House):
    anna, ben = await house.person("anna"), await house.person("ben")
    [held] = await house.pooled()
    await house.ask(anna["id"], "PUT", f"/pool/{held}/owner")
    returned = await house.ask(anna["id"], "DELETE", f"/ownerships/{held}/owner?reason=busy")

    again = await house.ask(anna["id"], "PUT", f"/pool/{held}/owner")
    other = await house.ask(ben["id"], "PUT", f"/pool/{held}/owner")

    assert returned.status_code == 204
    assert (again.json()["type"], other.status_code) == ("/problems/cooling-down", 200)
    assert [e["reason"] for e in await house.said("ownership.pooled.v1")][-1] == "busy"


async def test_the_cool_down_ends(house: House):
    anna = await house.person("anna")
    [held] = await house.pooled()
    await house.ask(anna["id"], "PUT", f"/pool/{held}/owner")
    await house.ask(anna["id"], "DELETE", f"/ownerships/{held}/owner?reason=busy")

    await house.world.advance(timedelta(hours=72))

    assert (await house.ask(anna["id"], "PUT", f"/pool/{held}/owner")).status_code == 200


async def test_the_pool_shows_leads_to_sellers_but_never_whom_to_contact(house: House):
    anna = await house.person("anna", await house.unit("East"))
    await house.hear(captured(region="海外", company_name="西湖机械", source="fair"))

    [lead] = (await house.ask(anna["id"], "GET", "/pool")).json()["items"]

    assert (lead["company_name"], lead["source"], lead["pool"]) == ("西湖机械", "fair", "leads")
    assert not {"phone", "mail", "contact", "name"} & lead.keys()


async def test_the_pool_is_read_page_by_page(house: House):
    leads = await house.pooled(5)
    first = (await house.ask(house.operator, "GET", "/pool?limit=3")).json()
    path = f"/pool?limit=3&cursor={first['next_cursor']}"

    second = (await house.ask(house.operator, "GET", path)).json()

    shown = [item["ownership_id"] for item in first["items"] + second["items"]]
    assert sorted(shown) == sorted(leads)
    assert second["next_cursor"] is None


async def test_what_was_never_offered_is_not_said_to_exist(house: House):
    anna = await house.person("anna", await house.unit("East", regions=["华东"]))
    wu = await house.person("wu", await house.unit("West"))
    lead = captured()
    await house.hear(lead)
    path = f"/pool/{ownership_id('lead', lead.lead_id)}/owner"

    assert await house.owner_of(lead) == anna["id"]
    assert (await house.ask(wu["id"], "PUT", path)).status_code == 404


async def test_a_colleague_cannot_return_what_is_not_theirs(house: House):
    anna, ben = await house.person("anna"), await house.person("ben")
    [held] = await house.pooled()
    await house.ask(anna["id"], "PUT", f"/pool/{held}/owner")

    answer = await house.ask(ben["id"], "DELETE", f"/ownerships/{held}/owner?reason=mine")

    assert answer.status_code == 404


async def test_new_rules_of_the_pool_hold_from_the_next_claim_on(house: House):
    anna = await house.person("anna")
    first, second = await house.pooled(2)
    await house.ask(anna["id"], "PUT", f"/pool/{first}/owner")

    await house.configure("pool", holding_cap=1)

    answer = await house.ask(anna["id"], "PUT", f"/pool/{second}/owner")
    assert (answer.json()["type"], answer.json()["limit"]) == ("/problems/holding-cap-reached", 1)


async def test_row_level_security_stands_behind_the_queries(house: House):
    east = await house.unit("East", regions=["华东"])
    await house.person("anna", east)
    wu = await house.person("wu", await house.unit("West"))
    await house.hear(captured())

    async with house.world["opportunities"].database.tx(
        scope=Scope(person_id=UUID(wu["id"]))
    ) as tx:
        assert await tx.fetchval("SELECT count(*) FROM ownership") == 0
        assert await tx.fetchval("SELECT count(*) FROM receipt") == 0

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

from services.opportunities.domain.ownership import OwnedSubject
from services.opportunities.domain.subjects import Routable
from services.opportunities.handlers import ownership, routing
from shared.contracts.leads import (
    CustomerFacts,
    CustomerRegistered,
    LeadCaptured,
    LeadConverted,
    LeadDisqualified,
    LeadQualified,
    LeadReopened,
)
from shared.ids import ownership_id
from shared.principals import ROOT_UNIT
from tests.opportunities.owners.house import NOW, House, Json, captured


async def two_sellers(house: House, **changes: object) -> tuple[Json, Json]:
    """Anna and Ben of the team that serves 华东."""
    east = await house.unit("East", regions=["华东"])
    return await house.person("anna", east, **changes), await house.person("ben", east)


def reopened(lead: LeadCaptured) -> LeadReopened:
    """It had been given up, and is worked on again."""
    return LeadReopened(
        lead_id=lead.lead_id,
        reason="acted_again",
        ended_as="disqualified",
        ended_for="no_budget",
        reopened_by=None,
        reopened_at=NOW,
    )


async def test_captured_leads_go_to_the_sellers_of_their_region_in_turn(house: House):
    anna, ben = await two_sellers(house)
    leads = [captured() for _ in range(10)]

    await house.hear(*leads)

    owners = Counter([await house.owner_of(lead) for lead in leads])
    assert owners == {anna["id"]: 5, ben["id"]: 5}
    said = await house.said("ownership.assigned.v1")
    assert {event["reason"] for event in said} == {"routed"}
    assert all(event["respond_by"] > event["assigned_at"] for event in said)


async def test_a_receipt_says_why_and_leads_to_the_same_owner_again(house: House):
    anna, _ = await two_sellers(house, industries=["汽车"])
    lead = captured(industry="能源")
    await house.hear(lead)
    path = f"/ownerships/{ownership_id('lead', lead.lead_id)}/receipts"

    [receipt] = (await house.ask(house.operator, "GET", path)).json()
    again = await house.ask(house.operator, "GET", f"/receipts/{receipt['id']}/reevaluation")

    [trial] = receipt["choice"]["trials"]
    assert trial["excluded"] == {anna["id"]: "wrong_industry"}
    assert (again.json()["same"], again.json()["owner_id"]) == (True, receipt["owner_id"])


async def test_a_lead_for_qualification_waits_until_it_qualifies(house: House):
    await two_sellers(house)
    lead = captured(lead={"assign_on": "qualification"})
    await house.hear(lead)
    before = await house.owner_of(lead)

    qualified = LeadQualified(lead_id=lead.lead_id, grade="A", qualified_at=NOW)
    await house.hear(qualified, sequence=2)

    assert before is None
    assert await house.owner_of(lead) is not None


async def test_a_lead_that_is_given_to_nobody_yet_waits_in_the_pool(house: House):
    await two_sellers(house)
    west = await house.unit("West", regions=["华西"])
    lead = captured(lead={"assign_on": "qualification", "unit_id": west["id"]})

    await house.hear(lead)

    [pooled] = await house.said("ownership.pooled.v1")
    assert (pooled["reason"], pooled["unit_id"]) == ("not_assigned_yet", UUID(west["id"]))


async def test_a_seller_s_find_is_theirs_before_it_qualifies(house: House):
    anna, _ = await two_sellers(house)
    lead = captured(lead={"assign_on": "qualification", "wanted_owner_id": anna["id"]})

    await house.hear(lead)

    assert await house.owner_of(lead) == anna["id"]


async def test_a_lead_that_comes_back_to_nobody_is_given_to_somebody(house: House):
    await two_sellers(house)
    past = captured(lead={"history": True, "assign_on": "never"})
    await house.hear(past)

    await house.hear(reopened(past), sequence=2)

    assert await house.owner_of(past) is not None


async def test_a_lead_that_comes_back_is_still_its_owner_s_with_a_new_time_to_respond(house: House):
    await two_sellers(house)
    lead = captured()
    await house.hear(lead)
    owner = await house.owner_of(lead)
    await house.world.advance(timedelta(hours=1))

    await house.hear(reopened(lead), reopened(lead), sequence=2)

    assert await house.owner_of(lead) == owner
    first, again = await house.said("ownership.assigned.v1")
    assert (again["reason"], again["previous_owner_id"]) == ("kept", None)
    assert again["assigned_at"] >= first["assigned_at"] + timedelta(hours=1)
    assert again["respond_by"] >= again["assigned_at"] + timedelta(hours=4)


async def test_a_lead_that_comes_back_as_history_is_given_no_time_to_respond(house: House):
    await two_sellers(house)
    lead = captured()
    await house.hear(lead)

    await house.hear(reopened(lead).model_copy(update={"history": True}), sequence=2)

    assert len(await house.said("ownership.assigned.v1")) == 1


async def test_history_is_never_routed(house: House):
    await two_sellers(house)

    await house.hear(captured(lead={"history": True}))

    assert await house.said("ownership.assigned.v1") == []


async def test_a_seller_keeps_their_own_find(house: House):
    _, ben = await two_sellers(house)
    lead = captured(lead={"wanted_owner_id": UUID(ben["id"])})

    await house.hear(lead)

    [event] = await house.said("ownership.assigned.v1")
    assert (str(event["owner_id"]), event["reason"]) == (ben["id"], "wanted")


async def test_a_lead_of_a_known_customer_goes_to_who_has_the_customer(house: House):
    _, ben = await two_sellers(house)
    first = captured(company_name="杭州西湖机械有限公司", lead={"wanted_owner_id": UUID(ben["id"])})
    await house.hear(first)
    customer_id = uuid4()
    facts = CustomerFacts(name="杭州西湖机械有限公司")
    await house.hear(
        CustomerRegistered(
            customer_id=customer_id, facts=facts, lead_id=first.lead_id, registered_at=NOW
        )
    )
    await house.hear(converted(first.lead_id, customer_id), sequence=2)

    second = captured(region="海外", company_name="杭州西湖机械股份有限公司")
    await house.hear(second)

    assert await house.owner_of(second) == ben["id"]


def converted(lead_id: UUID, customer_id: UUID, owner: str = "keep") -> LeadConverted:
    """The lead became this customer, without a deal."""
    return LeadConverted(
        lead_id=lead_id,
        customer_id=customer_id,
        contact_id=None,
        deal=None,
        owner=owner,  # pyright: ignore[reportArgumentType] - the model checks it
        converted_by=None,
        converted_at=NOW,
    )


async def test_the_owner_of_the_lead_keeps_the_customer(house: House):
    await two_sellers(house)
    lead, customer_id = captured(), uuid4()
    await house.hear(lead)

    await house.hear(converted(lead.lead_id, customer_id), sequence=2)

    of_lead, of_customer = await house.said("ownership.assigned.v1")
    assert of_customer["subject_id"] == customer_id
    assert (of_customer["owner_id"], of_customer["reason"]) == (of_lead["owner_id"], "kept")


async def test_policy_may_give_the_customer_to_somebody_else(house: House):
    await two_sellers(house)
    lead, customer_id = captured(), uuid4()
    await house.hear(lead)

    await house.hear(converted(lead.lead_id, customer_id, owner="reassign"), sequence=2)

    of_lead, of_customer = await house.said("ownership.assigned.v1")
    assert (of_customer["subject_kind"], of_customer["reason"]) == ("customer", "routed")
    assert of_customer["owner_id"] != of_lead["owner_id"]


async def test_what_is_closed_counts_towards_no_cap(house: House):
    east = await house.unit("East", regions=["华东"])
    anna = await house.person("anna", east, open_cap=1)
    first, second = captured(), captured()
    await house.hear(first)
    gone = LeadDisqualified(
        lead_id=first.lead_id, reason="spam", disqualified_by=None, disqualified_at=NOW
    )
    await house.hear(gone, sequence=2)

    await house.hear(second)

    assert await house.owner_of(second) == anna["id"]


async def test_leads_nobody_can_take_stand_on_the_unassigned_list_with_reasons(house: House):
    await two_sellers(house)
    answer = await house.configure(
        "routing",
        rules=[{"name": "key", "when": "score >= 80.0", "to": "Key Accounts"}],
        otherwise={"to_pool": False},
    )
    assert answer.status_code == 200, answer.text

    await house.hear(captured(source="fair", lead={"score": 90.0}))

    [listed] = (await house.ask(house.operator, "GET", "/unassigned")).json()["items"]
    assert (listed["reasons"], listed["source"]) == (["unit_unknown:Key Accounts"], "fair")


async def test_rules_that_cannot_be_understood_are_refused_with_the_place(house: House):
    answer = await house.configure(
        "routing",
        rules=[{"name": "a", "to": "by_region"}, {"name": "b", "when": "scor >", "to": "x"}],
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/rules/1/when"


async def test_a_manager_hands_leads_on_within_their_own_part(house: House):
    anna, ben = await two_sellers(house)
    lea = await house.person("lea", {"id": anna["unit_id"]}, roles=["team_lead"])
    wu = await house.person("wu", await house.unit("West"))
    lead = captured(lead={"wanted_owner_id": UUID(anna["id"])})
    await house.hear(lead)
    path = f"/ownerships/{ownership_id('lead', lead.lead_id)}/owner"

    by_seller = await house.ask(anna["id"], "PUT", path, {"owner_id": ben["id"], "reason": "x"})
    outside = await house.ask(lea["id"], "PUT", path, {"owner_id": wu["id"], "reason": "x"})
    inside = await house.ask(lea["id"], "PUT", path, {"owner_id": ben["id"], "reason": "leave"})

    assert (by_seller.status_code, outside.status_code, inside.status_code) == (403, 409, 200)
    assert await house.owner_of(lead) == ben["id"]
    assert (await house.said("ownership.assigned.v1"))[-1]["previous_owner_id"] == UUID(anna["id"])


async def test_the_same_events_again_change_nothing(house: House):
    await two_sellers(house)
    await house.hear(*(captured() for _ in range(5)))
    before = await house.rows("SELECT id, owner_id, sequence FROM ownership ORDER BY id")

    house.world.replay()
    await house.world.settle()

    assert await house.rows("SELECT id, owner_id, sequence FROM ownership ORDER BY id") == before


async def test_batches_at_once_choose_as_fairly_as_one_after_the_other(house: House):
    anna, ben = await two_sellers(house, daily_cap=9)
    database = house.world["opportunities"].database

    async def take(count: int) -> None:
        async with database.tx() as tx:
            await routing.route(tx, [_lead() for _ in range(count)], now=tx.now)

    await asyncio.gather(*(take(5) for _ in range(8)))

    owners = Counter(
        str(row["owner_id"]) for row in await house.rows("SELECT owner_id FROM ownership")
    )
    [rotation] = await house.rows("SELECT deficits FROM rotation")
    assert owners == {anna["id"]: 9, ben["id"]: 31}
    assert sum(rotation["deficits"].values()) == 0


async def test_a_lead_that_is_routed_twice_at_once_has_one_owner_and_one_event(house: House):
    await two_sellers(house)
    database, lead = house.world["opportunities"].database, _lead()

    async def take() -> None:
        async with database.tx() as tx:
            await routing.route(tx, [lead], now=tx.now)

    await asyncio.gather(*(take() for _ in range(6)))

    assert len(await house.said("ownership.assigned.v1")) == 1
    assert len(await house.rows("SELECT id FROM receipt")) == 1


async def test_an_owner_that_comes_with_its_subject_is_written_down_once(house: House):
    anna, ben = await two_sellers(house)
    subject = uuid4()

    for owner in (anna, anna, ben):
        async with house.world["opportunities"].database.tx() as tx:
            await ownership.assign_directly(
                tx,
                [OwnedSubject(kind="customer", subject_id=subject, owner_id=UUID(owner["id"]))],
                reason="kept",
                history=False,
                now=tx.now,
            )

    first, second = await house.said("ownership.assigned.v1")
    assert (str(first["owner_id"]), str(second["owner_id"])) == (anna["id"], ben["id"])
    assert second["previous_owner_id"] == first["owner_id"]


def _lead() -> Routable:
    return Routable(kind="lead", subject_id=uuid4(), unit_id=ROOT_UNIT, region="华东")

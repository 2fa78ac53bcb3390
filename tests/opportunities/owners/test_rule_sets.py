"""Rule sets beside one another: by unit, product and channel, and for leads, customers and deals."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.leads import DealWanted, LeadConverted
from shared.ids import ownership_id
from tests.opportunities.owners.house import NOW, House, Json, captured
from tests.opportunities.owners.test_rehearsal import WINDOW

EXPO = {"name": "at the fair", "to": "Expo"}


@pytest.fixture
async def anna(house: House) -> Json:
    """The seller of the east, whom the rules for all give its leads."""
    return await house.person("anna", await house.unit("East", regions=["华东"]))


@pytest.fixture
async def eve(house: House) -> Json:
    """Somebody of the team for exhibitions."""
    return await house.person("eve", await house.unit("Expo"))


async def configured(house: House, name: str, **body: Any) -> None:
    answer = await house.configure(f"routing:{name}", **{"rules": [EXPO], **body})
    assert answer.status_code == 200, answer.text


async def test_a_set_is_for_its_channels_and_the_others_go_by_the_rules_for_all(
    house: House, anna: Json, eve: Json
):
    await configured(house, "fairs", channels=["expo"])
    at_the_fair, by_web = captured(channel="expo"), captured(channel="website")

    await house.hear(at_the_fair, by_web)

    assert await house.owner_of(at_the_fair) == eve["id"]
    assert await house.owner_of(by_web) == anna["id"]


async def test_a_set_is_for_its_unit_and_those_below_it(house: House, anna: Json, eve: Json):
    region = await house.unit("North", kind="region")
    team = await house.unit("North One", parent_id=region["id"])
    await configured(house, "north", unit_id=region["id"])
    theirs = captured(lead={"unit_id": UUID(team["id"])})
    others = captured(lead={"unit_id": UUID(anna["unit_id"])})

    await house.hear(theirs, others)

    assert await house.owner_of(theirs) == eve["id"]
    assert await house.owner_of(others) == anna["id"]


async def test_a_set_is_for_its_products(house: House, anna: Json, eve: Json):
    pump = await house.make("/products", name="Pump", code="P-1", list_price="100", currency="CNY")
    await configured(house, "pumps", products=["P-1"])
    for_pumps, for_others = captured(product_id=UUID(pump["id"])), captured()

    await house.hear(for_pumps, for_others)

    assert await house.owner_of(for_pumps) == eve["id"]
    assert await house.owner_of(for_others) == anna["id"]


async def test_of_several_sets_the_first_by_name_decides_and_says_so_in_the_receipt(
    house: House, anna: Json, eve: Json
):
    await configured(house, "b", channels=["expo"], rules=[{"name": "east", "to": "East"}])
    await configured(house, "a", channels=["expo"])
    lead = captured(channel="expo")

    await house.hear(lead)

    path = f"/ownerships/{ownership_id('lead', lead.lead_id)}/receipts"
    [receipt] = (await house.ask(house.operator, "GET", path)).json()
    again = await house.ask(house.operator, "GET", f"/receipts/{receipt['id']}/reevaluation")
    assert receipt["choice"]["rule_set"] == "a"
    assert (again.json()["owner_id"], again.json()["same"]) == (eve["id"], True)


async def test_each_set_has_an_end_of_its_own(house: House, anna: Json):
    await configured(
        house,
        "fairs",
        channels=["expo"],
        rules=[{"name": "nobody there", "to": "Expo"}],
        otherwise={"fallback_owner_id": anna["id"]},
    )
    lead, elsewhere = captured(channel="expo"), captured(region="海外")

    await house.hear(lead, elsewhere)

    assert await house.owner_of(lead) == anna["id"]
    assert await house.owner_of(elsewhere) is None


async def test_a_rule_may_give_less_time_than_its_set(house: House, anna: Json, eve: Json):
    await configured(
        house, "fairs", channels=["expo"], rules=[{**EXPO, "respond_within_minutes": 30}]
    )

    await house.hear(captured(channel="expo"), captured())

    told = await house.said("ownership.assigned.v1")
    soon, later = (
        next(e["respond_by"] for e in told if str(e["owner_id"]) == who["id"])
        for who in (eve, anna)
    )
    assert later - soon >= timedelta(minutes=210)


def converted(lead_id: UUID, amount: int = 700) -> LeadConverted:
    """The lead became a customer with a deal, both to be given anew."""
    return LeadConverted(
        lead_id=lead_id,
        customer_id=uuid4(),
        contact_id=None,
        deal=DealWanted(opportunity_id=uuid4(), amount=Decimal(amount), currency="CNY"),
        owner="reassign",
        converted_by=None,
        converted_at=NOW,
    )


async def owner_of(house: House, kind: Any, subject_id: UUID) -> Json:
    path = f"/ownerships/{ownership_id(kind, subject_id)}"
    return (await house.ask(house.operator, "GET", path)).json()


async def test_customers_may_go_by_rules_of_their_own(house: House, anna: Json, eve: Json):
    await configured(house, "customers", subject="customer")
    lead = captured()
    await house.hear(lead)
    event = converted(lead.lead_id)

    await house.hear(event, sequence=2)

    assert await house.owner_of(lead) == anna["id"]
    assert (await owner_of(house, "customer", event.customer_id))["owner_id"] == eve["id"]


async def test_deals_go_by_rules_of_their_own_and_else_with_their_customer(
    house: House, anna: Json, eve: Json
):
    big = {**EXPO, "when": "amount >= 10000.0"}
    await configured(house, "deals", subject="opportunity", rules=[big])
    small_lead, big_lead = captured(), captured()
    await house.hear(small_lead, big_lead)
    small_deal, big_deal = converted(small_lead.lead_id, 700), converted(big_lead.lead_id, 70_000)

    await house.hear(small_deal, big_deal, sequence=2)

    assert small_deal.deal is not None
    assert big_deal.deal is not None
    kept = await owner_of(house, "opportunity", small_deal.deal.opportunity_id)
    given = await owner_of(house, "opportunity", big_deal.deal.opportunity_id)
    assert kept["owner_id"] == anna["id"]
    assert (given["owner_id"], given["respond_by"]) == (eve["id"], None)
    shown = await house.ask(eve["id"], "GET", f"/opportunities/{big_deal.deal.opportunity_id}")
    assert shown.json()["owner_id"] == eve["id"]


async def test_a_set_is_rehearsed_in_the_place_of_its_own(house: House, anna: Json, eve: Json):
    await house.hear(*(captured(channel=channel) for channel in ("expo", "expo", "website")))
    draft = await house.ask(
        house.operator,
        "POST",
        "/configurations/routing:fairs",
        {"body": {"rules": [EXPO], "channels": ["expo"]}, "why": "try"},
    )
    path = f"/configurations/routing:fairs/{draft.json()['version']}/rehearsals"
    asked = await house.ask(house.operator, "POST", path, WINDOW)
    await house.world.advance()

    done = (await house.ask(house.operator, "GET", asked.headers["Location"])).json()
    listed = (await house.ask(house.operator, "GET", path)).json()["items"]

    assert (done["kind"], done["result"]["leads"], done["result"]["moved"]) == (
        "routing:fairs",
        3,
        2,
    )
    assert [item["id"] for item in listed] == [done["id"]]


async def test_sets_for_deals_are_not_rehearsed_on_leads(house: House, eve: Json):
    draft = await house.ask(
        house.operator,
        "POST",
        "/configurations/routing:deals",
        {"body": {"rules": [EXPO], "subject": "opportunity"}, "why": "try"},
    )
    path = f"/configurations/routing:deals/{draft.json()['version']}/rehearsals"

    refused = await house.ask(house.operator, "POST", path, WINDOW)

    assert refused.status_code == 409
    assert refused.json()["type"].endswith("only-leads-are-rehearsed")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"subject": "pool"}, id="what nobody gives away"),
        pytest.param({"unit": "East"}, id="an unknown field"),
        pytest.param({"rules": [{**EXPO, "when": "amount / 0"}]}, id="no condition"),
        pytest.param(
            {"rules": [{**EXPO, "respond_within_minutes": 60, "pass_on_within_minutes": 30}]},
            id="passed on before time is up",
        ),
    ],
)
async def test_sets_that_make_no_sense_are_refused(house: House, body: Json):
    answer = await house.configure("routing:odd", **{"rules": [EXPO], **body})

    assert answer.status_code == 422, answer.text


async def test_a_set_may_plan_for_all_that_wait_together(house: House):
    expo = await house.unit("Expo")
    await configured(
        house,
        "fairs",
        channels=["expo"],
        rules=[{**EXPO, "strategy": "best_batch"}],
        otherwise={"to_pool": False},
    )
    energy, cars = (captured(channel="expo", industry=field) for field in ("能源", "汽车"))
    await house.hear(energy, cars)
    both = await house.person("both", expo, industries=["能源", "汽车"])
    one = await house.person("one", expo, industries=["能源"])

    await house.world.advance()

    assert await house.owner_of(energy) == one["id"]
    assert await house.owner_of(cars) == both["id"]
    path = f"/ownerships/{ownership_id('lead', energy.lead_id)}/receipts"
    receipt = (await house.ask(house.operator, "GET", path)).json()[0]
    again = await house.ask(house.operator, "GET", f"/receipts/{receipt['id']}/reevaluation")
    assert receipt["choice"]["trials"][0]["planned"] == one["id"]
    assert again.json()["same"]

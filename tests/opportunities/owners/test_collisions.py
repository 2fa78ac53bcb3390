import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.leads import CustomerFacts, CustomerRegistered
from tests.opportunities.owners.house import NOW, House, Json

STEP = {"next_step": "call", "next_step_on": "2099-03-02"}


@pytest.fixture
async def people(house: House) -> dict[str, Json]:
    """Sellers of two regions, whoever leads each, and somebody above both."""
    east, west = await house.unit("East"), await house.unit("West")
    return {
        "anna": await house.person("anna", east),
        "ben": await house.person("ben", west),
        "lea": await house.person("lea", east, roles=["manager"]),
        "chef": await house.person("chef", roles=["manager"]),
        "judge": await house.person("judge", roles=["manager"]),
    }


async def customer(house: House, name: str = "杭州西湖机械有限公司") -> str:
    registered = CustomerRegistered(
        customer_id=uuid4(),
        facts=CustomerFacts(name=name, region="华东", industry="机械"),
        registered_at=NOW,
    )
    await house.hear(registered)
    return str(registered.customer_id)


async def open_deal(house: House, who: Json, customer_id: str, **more: Any) -> Json:
    """A deal of somebody, opened by the operator, who sees every customer."""
    body = {"customer_id": customer_id, "amount": "1000", "currency": "CNY", **STEP}
    body |= {"owner_id": who["id"], **more}
    answer = await house.ask(house.operator, "POST", "/opportunities", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def two_deals(house: House, people: dict[str, Json]) -> tuple[Json, Json, Json]:
    """Ben's deal, Anna's that meets it, and the collision as the operator sees it."""
    customer_id = await customer(house)
    incumbent = await open_deal(house, people["ben"], customer_id)
    newcomer = await open_deal(house, people["anna"], customer_id)
    [found] = await collisions(house, house.operator)
    return incumbent, newcomer, found


async def collisions(house: House, who: UUID | str) -> list[Json]:
    return (await house.ask(who, "GET", "/collisions")).json()["items"]


async def move(house: House, who: Json, deal: Json) -> httpx.Response:
    path = f"/opportunities/{deal['id']}"
    etag = (await house.ask(house.operator, "GET", path)).headers["ETag"]
    body = {"stage": "需求确认", **STEP}
    return await house.ask(who["id"], "PUT", f"{path}/stage", body, etag=etag)


async def rule(house: House, who: Json, found: Json, outcome: str) -> httpx.Response:
    body = {"outcome": outcome, "reason": "first touch"}
    return await house.ask(who["id"], "PUT", f"/collisions/{found['id']}/ruling", body)


async def register(house: House, who: Json, **body: Any) -> Json:
    answer = await house.ask(who["id"], "POST", "/registrations", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def problem(answer: httpx.Response) -> str:
    return answer.json().get("type", "").removeprefix("/problems/")


async def test_a_new_deal_that_meets_another_s_is_held(house: House, people: dict[str, Json]):
    incumbent, newcomer, found = await two_deals(house, people)

    assert (found["deal_id"], found["other_id"]) == (newcomer["id"], incumbent["id"])
    assert problem(await move(house, people["anna"], newcomer)) == "deal-is-held"
    assert problem(await move(house, people["ben"], incumbent)) != "deal-is-held"
    assert len(await house.said("collision.opened.v1")) == 1


async def test_a_second_deal_of_one_s_own_or_for_another_product_meets_nobody(
    house: House, people: dict[str, Json]
):
    products = [
        await house.make(
            "/products", code=code, name=code, series=code, list_price="1000", currency="CNY"
        )
        for code in ("GTX", "MG")
    ]
    customer_id = await customer(house)
    await open_deal(house, people["ben"], customer_id, product_id=products[0]["id"])
    await open_deal(house, people["ben"], customer_id, product_id=products[0]["id"])
    await open_deal(house, people["anna"], customer_id, product_id=products[1]["id"])

    assert await collisions(house, house.operator) == []


async def test_deals_that_are_opened_at_the_same_moment_meet_once(
    house: House, people: dict[str, Json]
):
    customer_id = await customer(house)

    await asyncio.gather(*(open_deal(house, people[name], customer_id) for name in ("anna", "ben")))

    assert len(await collisions(house, house.operator)) == 1


@pytest.mark.parametrize(
    ("outcome", "held"),
    [
        pytest.param("newcomer", (True, False), id="the newcomer's"),
        pytest.param("incumbent", (False, True), id="the incumbent's"),
        pytest.param("both", (False, False), id="both go on"),
    ],
)
async def test_a_ruling_lets_the_winner_go_on(
    house: House, people: dict[str, Json], outcome: str, held: tuple[bool, bool]
):
    incumbent, newcomer, found = await two_deals(house, people)

    answer = await rule(house, people["chef"], found, outcome)

    assert (answer.status_code, answer.json()["outcome"]) == (200, outcome)
    moves = [
        problem(await move(house, people["ben"], incumbent)),
        problem(await move(house, people["anna"], newcomer)),
    ]
    assert tuple(each == "deal-is-held" for each in moves) == held


async def test_only_who_sees_both_sides_or_is_named_rules(house: House, people: dict[str, Json]):
    _, _, found = await two_deals(house, people)

    by_seller = await rule(house, people["anna"], found, "both")
    by_one_side = await rule(house, people["lea"], found, "both")
    await house.configure("collisions", arbiters=[people["judge"]["id"]])
    by_chef = await rule(house, people["chef"], found, "both")
    by_judge = await rule(house, people["judge"], found, "both")

    codes = [answer.status_code for answer in (by_seller, by_one_side, by_chef, by_judge)]
    assert codes == [403, 404, 403, 200]


async def test_one_side_appeals_and_somebody_else_rules_again(
    house: House, people: dict[str, Json]
):
    _, newcomer, found = await two_deals(house, people)
    await rule(house, people["chef"], found, "incumbent")

    path = f"/collisions/{found['id']}/appeal"
    appealed = await house.ask(people["anna"]["id"], "POST", path, {"reason": "I was first"})
    same = await rule(house, people["chef"], found, "incumbent")
    other = await rule(house, people["judge"], found, "newcomer")

    assert (appealed.json()["state"], problem(same)) == ("appealed", "ruled-by-the-same")
    assert other.json()["outcome"] == "newcomer"
    assert problem(await move(house, people["anna"], newcomer)) != "deal-is-held"


async def test_what_the_other_region_does_stays_unseen(house: House, people: dict[str, Json]):
    incumbent, newcomer, found = await two_deals(house, people)
    call = {"subject_kind": "opportunity", "subject_id": incumbent["id"], "kind": "visit"}
    await house.ask(people["ben"]["id"], "POST", "/activities", {**call, "text": "secret"})
    path = f"/collisions/{found['id']}"

    seen = (await house.ask(people["anna"]["id"], "GET", path)).json()
    evidence = (await house.ask(people["anna"]["id"], "GET", f"{path}/evidence")).json()
    of_chef = (await house.ask(people["chef"]["id"], "GET", f"{path}/evidence")).json()

    assert (seen["deal_id"], seen["other_id"], seen["other_owner_id"]) == (
        newcomer["id"],
        None,
        None,
    )
    assert [entry["kind"] for entry in evidence] == ["deal_opened", "deal_opened", "activity"]
    assert people["ben"]["id"] not in str(evidence)
    assert [entry["person_id"] for entry in of_chef][-1] == people["ben"]["id"]
    assert "secret" not in str(of_chef)


async def test_others_do_not_see_the_collision_at_all(house: House, people: dict[str, Json]):
    _, _, found = await two_deals(house, people)
    far = await house.person("far", await house.unit("North"))

    assert await collisions(house, far["id"]) == []
    answer = await house.ask(far["id"], "GET", f"/collisions/{found['id']}")
    assert answer.status_code == 404


async def test_how_something_alike_was_ruled_is_found(house: House, people: dict[str, Json]):
    _, _, first = await two_deals(house, people)
    await rule(house, people["chef"], first, "incumbent")
    other = await customer(house, "宁波东港电机有限公司")
    for name in ("ben", "anna"):
        await open_deal(house, people[name], other)
    [second] = [each for each in await collisions(house, house.operator) if each["state"] == "open"]

    path = f"/collisions/{second['id']}/precedents"
    [found] = (await house.ask(people["chef"]["id"], "GET", path)).json()

    assert (found["collision_id"], found["outcome"]) == (first["id"], "incumbent")
    assert found["likeness"] == pytest.approx(1.0)


async def test_a_registration_protects_from_deals_of_others(house: House, people: dict[str, Json]):
    customer_id = await customer(house)
    made = await register(house, people["ben"], customer_id=customer_id)

    newcomer = await open_deal(house, people["anna"], customer_id)
    own = await open_deal(house, people["ben"], customer_id)

    assert made["state"] == "protected"
    assert problem(await move(house, people["anna"], newcomer)) == "deal-is-held"
    kinds = {each["other_kind"] for each in await collisions(house, house.operator)}
    assert "registration" in kinds
    path = f"/registrations/{made['id']}/opportunity"
    used = await house.ask(people["ben"]["id"], "PUT", path, {"opportunity_id": own["id"]})
    assert (used.status_code, used.json()["state"]) == (200, "converted")


async def test_policy_may_let_the_registration_win_at_once(house: House, people: dict[str, Json]):
    await house.configure("collisions", ruled_by="registration_first")
    customer_id = await customer(house)
    await register(house, people["ben"], customer_id=customer_id)

    await open_deal(house, people["anna"], customer_id)

    [found] = await collisions(house, house.operator)
    assert (found["state"], found["outcome"], found["ruled_by"]) == ("ruled", "incumbent", None)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"company_name": "杭州西湖机械股份有限公司"}, id="the same company"),
        pytest.param(
            {"company_name": "Somebody else", "project": "line 3 hangzhou metro"},
            id="the same project through a dealer",
        ),
    ],
)
async def test_a_registration_that_meets_another_is_contested_and_decided(
    house: House, people: dict[str, Json], second: Json
):
    first = {"company_name": "杭州西湖机械有限公司", "project": "Hangzhou Metro Line 3"}
    await register(house, people["ben"], **first)

    made = await register(house, people["anna"], **second)
    path = f"/registrations/{made['id']}/decision"
    body = {"approve": True, "reason": "another plant"}
    by_herself = await house.ask(people["anna"]["id"], "PUT", path, body)
    by_lea = await house.ask(people["lea"]["id"], "PUT", path, body)

    assert (made["state"], made["meets"]) == ("contested", 1)
    assert (by_herself.status_code, by_lea.json()["state"]) == (403, "protected")


async def test_of_two_who_register_one_company_at_the_same_moment_one_is_contested(
    house: House, people: dict[str, Json]
):
    made = await asyncio.gather(
        *(
            register(house, people[name], company_name="杭州西湖机械有限公司")
            for name in ("anna", "ben")
        )
    )

    assert sorted(each["state"] for each in made) == ["contested", "protected"]


async def test_a_state_that_there_is_not_is_refused(house: House):
    answer = await house.ask(house.operator, "GET", "/collisions?state=closed")

    assert answer.status_code == 422


async def test_dealers_register_and_see_only_theirs(house: House, people: dict[str, Json]):
    shop = await house.unit("Shop", kind="dealer")
    dealer = await house.person("dealer", shop)
    await register(house, people["anna"], company_name="杭州西湖机械有限公司")
    mine = await register(house, dealer, company_name="Somebody else")

    listed = (await house.ask(dealer["id"], "GET", "/registrations")).json()["items"]

    assert [each["id"] for each in listed] == [mine["id"]]


async def test_a_registration_expires_and_protects_no_more(house: House, people: dict[str, Json]):
    customer_id = await customer(house)
    made = await register(house, people["ben"], customer_id=customer_id)
    path = f"/registrations/{made['id']}"
    longer = await house.ask(people["ben"]["id"], "POST", f"{path}/extensions")
    again = await house.ask(people["ben"]["id"], "POST", f"{path}/extensions")

    await house.world.advance(timedelta(days=121))
    await open_deal(house, people["anna"], customer_id)

    assert (longer.status_code, problem(again)) == (200, "no-more-extensions")
    assert (await house.ask(people["ben"]["id"], "GET", path)).json()["state"] == "expired"
    assert await collisions(house, house.operator) == []


async def test_a_ruling_for_the_newcomer_overrules_the_registration(
    house: House, people: dict[str, Json]
):
    customer_id = await customer(house)
    made = await register(house, people["ben"], customer_id=customer_id)
    await open_deal(house, people["anna"], customer_id)
    [found] = await collisions(house, house.operator)

    await rule(house, people["chef"], found, "newcomer")

    path = f"/registrations/{made['id']}"
    assert (await house.ask(people["ben"]["id"], "GET", path)).json()["state"] == "overruled"


@pytest.mark.parametrize("body", [{}, {"project": "x"}, {"customer_id": str(uuid4())}])
async def test_a_registration_names_somebody(house: House, people: dict[str, Json], body: Json):
    answer = await house.ask(people["anna"]["id"], "POST", "/registrations", body)

    assert answer.status_code in (404, 422)

"""Organisations form groups, which are moved with their history and never close a circle."""

import asyncio
from typing import Any

from shared.ids import external_id
from tests.leads.office import Caller, Json, Office
from tests.leads.test_imports import CUSTOMERS, counts, sheet, take_in

ANY = {"If-Match": "*"}


async def register(caller: Caller, name: str, **more: Any) -> str:
    """A new customer; its id."""
    answer = await caller.send("POST", "/customers", {"name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def hang(caller: Caller, child: str, parent: str | None, **more: Any) -> Json:
    """Let a customer stand below another."""
    body = {"parent_id": parent, **more}
    return await caller.send("PUT", f"/customers/{child}/parent", body, headers=ANY)


async def group(caller: Caller, customer: str) -> list[tuple[str, int]]:
    """The names of a group with their depth, from the head down."""
    shown = (await caller.get(f"/customers/{customer}/group")).json()
    return [(member["name"], member["depth"]) for member in shown["members"]]


async def test_a_group_is_shown_from_its_head_down_whoever_is_asked_about(office: Office):
    head, region, plant = [await register(office.olga, name) for name in ("集团", "华东", "一厂")]
    await hang(office.olga, region, head)
    await hang(office.olga, plant, region)

    for asked in (head, region, plant):
        assert await group(office.olga, asked) == [("集团", 0), ("华东", 1), ("一厂", 2)]


async def test_what_stands_below_goes_along_and_the_history_says_why(office: Office):
    head, region, plant = [await register(office.olga, name) for name in ("集团", "华东", "一厂")]
    other = await register(office.olga, "新集团")
    await hang(office.olga, region, head)
    await hang(office.olga, plant, region)

    answer = await hang(office.olga, region, other, why="股权转让")

    assert answer.json()["parent_id"] == other
    assert await group(office.olga, plant) == [("新集团", 0), ("华东", 1), ("一厂", 2)]
    assert await group(office.olga, head) == [("集团", 0)]
    moves = (await office.olga.get(f"/customers/{region}/moves")).json()
    assert [(move["parent_id"], move["why"]) for move in moves] == [(other, "股权转让"), (head, "")]


async def test_a_circle_is_refused_and_says_between_whom(office: Office):
    head, plant = [await register(office.olga, name) for name in ("集团", "一厂")]
    await hang(office.olga, plant, head)

    refused = await hang(office.olga, head, plant)

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "/problems/stands-above")
    assert (problem["customer_id"], problem["parent_id"]) == (head, plant)


async def test_two_moves_at_once_do_not_close_a_circle(office: Office):
    one, other = [await register(office.olga, name) for name in ("甲", "乙")]

    answers = await asyncio.gather(hang(office.olga, one, other), hang(office.olga, other, one))

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_whoever_one_may_not_see_is_counted_and_not_named(office: Office):
    head = await register(office.olga, "集团")
    mine, theirs = await register(office.anna, "一厂"), await register(office.dan, "二厂")
    for plant in (mine, theirs):
        await hang(office.olga, plant, head)

    shown = (await office.anna.get(f"/customers/{mine}/group")).json()

    assert [member["name"] for member in shown["members"]] == ["一厂"]
    assert shown["hidden"] == 2
    assert (await office.anna.get(f"/customers/{theirs}/group")).status_code == 404
    assert (await hang(office.anna, mine, theirs)).status_code == 404


async def test_those_below_a_merged_customer_stand_below_the_one_that_goes_on(office: Office):
    gone, survivor, plant = [
        await register(office.olga, name) for name in ("恒达水务", "恒达集团", "恒达一厂")
    ]
    await hang(office.olga, plant, gone)

    await office.olga.send("POST", f"/customers/{survivor}/merge", {"other_id": gone})

    assert await group(office.olga, plant) == [("恒达集团", 0), ("恒达一厂", 1)]
    assert (await hang(office.olga, survivor, plant)).status_code == 409


async def test_a_customer_is_not_merged_into_one_that_stands_below_it(office: Office):
    head, plant = [await register(office.olga, name) for name in ("集团", "一厂")]
    await hang(office.olga, plant, head)

    refused = await office.olga.send("POST", f"/customers/{plant}/merge", {"other_id": head})
    done = await office.olga.send("POST", f"/customers/{head}/merge", {"other_id": plant})

    assert refused.json()["type"] == "/problems/stands-above"
    assert done.status_code == 200, done.text


async def test_a_customer_is_corrected_and_found_by_its_new_name_too(office: Office):
    customer = await register(office.olga, "Acme有限公司")

    answer = await office.olga.send(
        "PATCH", f"/customers/{customer}", {"name": "Acme经销", "is_dealer": True}, headers=ANY
    )

    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["is_dealer"]) == ("Acme经销", True)
    for name in ("Acme有限公司", "Acme经销"):
        again = await office.olga.send("POST", "/customers", {"name": name})
        assert again.json()["customer_id"] == customer
    dealers = (await office.olga.get("/customers", is_dealer=True)).json()["items"]
    assert [dealer["id"] for dealer in dealers] == [customer]


async def test_a_customer_does_not_take_anothers_name(office: Office):
    await register(office.olga, "Acme")
    other = await register(office.olga, "Beta")

    refused = await office.olga.send("PATCH", f"/customers/{other}", {"name": "Acme"}, headers=ANY)

    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "/problems/customer-already-known",
    )
    assert (await office.olga.get(f"/customers/{other}")).json()["name"] == "Beta"


async def test_somebody_faster_is_not_overwritten(office: Office):
    customer = await register(office.olga, "Acme")
    await office.olga.send("PATCH", f"/customers/{customer}", {"level": "A"}, headers=ANY)

    late = await office.olga.send(
        "PATCH", f"/customers/{customer}", {"level": "B"}, headers={"If-Match": '"1"'}
    )

    assert late.status_code == 412


async def test_a_file_names_parents_and_dealers_in_any_order(office: Office):
    file = sheet(
        {"external_id": "2", "name": "一厂", "parent": "1", "dealer": ""},
        {"external_id": "1", "name": "集团", "parent": "", "dealer": "yes"},
        {"external_id": "3", "name": "孤儿", "parent": "9", "dealer": ""},
    )

    first = await take_in(office, "customers", file, CUSTOMERS)
    again = await take_in(office, "customers", file, CUSTOMERS)

    head, plant = (str(external_id("customer", "crm", number)) for number in ("1", "2"))
    assert (counts(first), counts(again)) == ({"created": 3}, {"unchanged": 3})
    assert await group(office.olga, plant) == [("集团", 0), ("一厂", 1)]
    assert (await office.olga.get(f"/customers/{head}")).json()["is_dealer"] is True


async def test_a_row_that_would_close_a_circle_is_rejected_with_its_reason(office: Office):
    file = sheet(
        {"external_id": "1", "name": "甲", "parent": "2"},
        {"external_id": "2", "name": "乙", "parent": "1"},
    )

    run = await take_in(office, "customers", file, CUSTOMERS)

    assert counts(run) == {"created": 1, "rejected": 1}


async def test_what_opportunities_hears_is_where_it_stands(office: Office):
    head, plant = [await register(office.olga, name) for name in ("集团", "一厂")]

    await hang(office.olga, plant, head)
    await hang(office.olga, plant, None)
    await hang(office.olga, plant, None)

    said = [kind for kind in await office.said() if kind == "customer.moved.v1"]
    assert len(said) == 2

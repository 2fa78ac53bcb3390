from uuid import UUID, uuid4

from tests.opportunities.deals.sales import Sales


async def test_a_deal_is_seen_by_its_owner_their_lead_and_the_enterprise(sales: Sales) -> None:
    deal = await sales.open()

    seen = {
        who.username: (await sales.show(deal["id"], who)).status_code
        for who in (sales.anna, sales.ben, sales.lea, sales.wu, sales.olga)
    }

    assert seen == {"anna": 200, "ben": 404, "lea": 200, "wu": 404, "olga": 200}


async def test_nobody_changes_what_they_may_not_see(sales: Sales) -> None:
    deal = await sales.open()
    path = f"/opportunities/{deal['id']}"

    answers = [
        await sales.ask(sales.ben, "PATCH", path, {"amount": "1"}, etag='"1"'),
        await sales.ask(sales.ben, "PUT", f"{path}/stage", {"stage": "需求确认"}, etag='"1"'),
        await sales.ask(
            sales.ben, "PUT", f"{path}/outcome", {"outcome": "lost", "reason": "价格"}, etag='"1"'
        ),
        await sales.ask(sales.ben, "GET", f"{path}/timeline"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]


async def test_lists_hold_what_one_may_see_page_by_page(sales: Sales) -> None:
    mine = [(await sales.open())["id"] for _ in range(3)]

    first = (await sales.ask(sales.lea, "GET", "/opportunities?limit=2")).json()
    second = (
        await sales.ask(sales.lea, "GET", f"/opportunities?limit=2&cursor={first['next_cursor']}")
    ).json()
    others = (await sales.ask(sales.wu, "GET", "/opportunities")).json()

    assert [deal["id"] for deal in first["items"] + second["items"]] == mine[::-1]
    assert second["next_cursor"] is None
    assert others["items"] == []


async def test_lists_can_be_narrowed(sales: Sales) -> None:
    lost = await sales.open()
    await sales.close(lost["id"], "lost", "价格")
    still_open = await sales.open()

    found = {
        query: [
            deal["id"]
            for deal in (await sales.ask(sales.olga, "GET", f"/opportunities?{query}")).json()[
                "items"
            ]
        ]
        for query in (
            "status=open",
            "stage=输单",
            f"owner={sales.ben.id}",
            f"unit={sales.east}&status=lost",
            f"unit={sales.west}",
            "pipeline=other",
        )
    }

    assert list(found.values()) == [
        [still_open["id"]], [lost["id"]], [], [lost["id"]], [], [],
    ]  # fmt: skip


async def test_a_lead_opens_deals_for_members_of_their_team_only(sales: Sales) -> None:
    for_ben = await sales.open(sales.lea, owner_id=str(sales.ben.id))
    body = {
        "customer_id": str(sales.customer),
        "next_step": "Call",
        "next_step_on": await sales.soon(),
        "owner_id": str(sales.wu.id),
    }

    for_wu = await sales.ask(sales.lea, "POST", "/opportunities", body)

    assert for_ben["owner_id"] == str(sales.ben.id)
    assert for_wu.status_code == 404


async def test_a_transferred_deal_belongs_to_its_new_owner_at_once(sales: Sales) -> None:
    deal = await sales.open()

    answer = await sales.transfer(UUID(deal["id"]), sales.wu)

    assert answer.status_code == 200, answer.text
    assert (await sales.show(deal["id"], sales.wu)).json()["unit_id"] == str(sales.west)
    assert (await sales.show(deal["id"], sales.anna)).status_code == 404


async def test_what_is_not_there_is_not_found(sales: Sales) -> None:
    assert (await sales.show(str(uuid4()))).status_code == 404

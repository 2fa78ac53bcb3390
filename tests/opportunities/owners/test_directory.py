from uuid import UUID, uuid4

import pytest

from shared.principals import ROOT_UNIT
from tests.opportunities.owners.house import House
from tests.support.streams import stream


async def test_a_first_start_makes_an_enterprise_and_an_operator_without_a_password(house: House):
    me = (await house.ask(house.operator, "GET", "/me")).json()

    assert (me["username"], me["roles"], me["unit_id"]) == (
        "operator",
        ["operator"],
        str(ROOT_UNIT),
    )
    assert await house.rows("SELECT person_id FROM credential") == []


async def test_what_is_defined_is_announced_and_seen_at_once(house: House):
    east = await house.unit("East", regions=["华东"])
    anna = await house.person("anna", east, daily_cap=3)

    assert (await house.ask(anna["id"], "GET", "/me")).json()["username"] == "anna"
    assert (await house.said("directory.unit_defined.v1"))[-1]["regions"] == ("华东",)
    assert (await house.said("directory.person_defined.v1"))[-1]["daily_cap"] == 3


async def test_a_change_needs_the_version_it_was_based_on(house: House):
    east = await house.unit()
    path = f"/units/{east['id']}"

    missing = await house.ask(house.operator, "PATCH", path, {"name": "Far East"})
    stale = await house.ask(house.operator, "PATCH", path, {"name": "Far East"}, etag='"7"')
    right = await house.ask(house.operator, "PATCH", path, {"name": "Far East"}, etag='"1"')

    assert [missing.status_code, stale.status_code, right.status_code] == [428, 412, 200]
    assert (right.json()["name"], right.headers["ETag"]) == ("Far East", '"2"')


async def test_a_change_that_changes_nothing_says_nothing(house: House):
    east = await house.unit()

    same = await house.change(f"/units/{east['id']}", name="East")

    assert same.json()["sequence"] == 1
    assert len(await house.said("directory.unit_defined.v1")) == 2


async def test_a_unit_cannot_move_below_itself(house: House):
    east = await house.unit()
    team = await house.unit("Team", parent_id=east["id"])

    answer = await house.change(f"/units/{east['id']}", parent_id=team["id"])

    assert answer.json()["type"] == "/problems/unit-in-itself"


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        (
            "/units",
            {"name": "East", "kind": "team", "parent_id": str(ROOT_UNIT)},
            "unit-name-taken",
        ),
        (
            "/units",
            {"name": "X", "kind": "team", "parent_id": str(uuid4())},
            "unit-outside-scope",
        ),
        (
            "/persons",
            {"username": "anna", "name": "A", "unit_id": str(ROOT_UNIT), "roles": []},
            "username-taken",
        ),
        (
            "/persons",
            {"username": "ben", "name": "B", "unit_id": str(uuid4()), "roles": []},
            "unit-outside-scope",
        ),
        (
            "/persons",
            {"username": "Ben!", "name": "B", "unit_id": str(ROOT_UNIT), "roles": ["boss"]},
            "invalid-request",
        ),
        ("/products", {"code": "P-1", "name": "Pump", "list_price": "1.00"}, "product-code-taken"),
        (
            "/products",
            {"code": "P-2", "name": "Pump", "list_price": "1.001", "colour": "red"},
            "invalid-request",
        ),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(
    house: House, path: str, body: dict[str, object], problem: str
):
    await house.unit("East")
    await house.person("anna")
    await house.make("/products", code="P-1", name="Pump", list_price="10.00")

    answer = await house.ask(house.operator, "POST", path, body)

    assert answer.json()["type"] == f"/problems/{problem}", answer.text


async def test_only_operators_change_the_directory(house: House):
    anna = await house.person("anna")

    answer = await house.ask(anna["id"], "POST", "/products", {})

    assert answer.status_code == 403


async def test_the_last_operator_cannot_be_dismissed(house: House):
    answer = await house.change(f"/persons/{house.operator}", active=False)

    assert answer.json()["type"] == "/problems/last-operator"


async def test_a_lead_sees_their_team_and_a_seller_only_themselves(house: House):
    east, west = await house.unit("East"), await house.unit("West")
    lea = await house.person("lea", east, roles=["team_lead"])
    anna = await house.person("anna", east)
    await house.person("wu", west)

    seen = {
        who["username"]: sorted(
            person["username"]
            for person in (await house.ask(who["id"], "GET", "/persons")).json()["items"]
        )
        for who in (lea, anna)
    }

    assert seen == {"lea": ["anna", "lea"], "anna": ["anna"]}


async def test_somebody_inactive_is_let_in_nowhere(house: House):
    anna = await house.person("anna")
    await house.change(f"/persons/{anna['id']}", active=False)

    assert (await house.ask(anna["id"], "GET", "/me")).status_code == 401


async def test_an_api_key_is_shown_once_and_replaced_by_the_next(house: House):
    body = {"name": "erp", "unit_id": str(ROOT_UNIT), "roles": ["integrator"]}
    client = await house.make("/clients", **body)
    path = f"/clients/{client['id']}"

    shown = (await house.ask(house.operator, "GET", path)).json()
    first = await _me(house, client["api_key"])
    renewed = (await house.change(path, new_key=True)).json()

    assert "api_key" not in shown
    assert first == 200
    assert await _me(house, renewed["api_key"]) == 200
    assert len(await house.rows("SELECT 1 FROM idempotency WHERE scope LIKE '%clients%'")) == 0


async def _me(house: House, key: str) -> int:
    answer = await house.api.get("/me", headers={"Authorization": f"Bearer {key}"})
    return answer.status_code


async def test_the_audit_trail_names_what_changed_and_hides_who_it_was(house: House):
    anna = await house.person("anna", email="anna@example.com")
    await house.change(f"/persons/{anna['id']}", email="a@example.com", open_cap=9)

    [row] = await house.rows(
        """
        SELECT actor_id, before, after FROM audit
         WHERE subject_kind = 'person' AND before IS NOT NULL
        """
    )

    assert row["actor_id"] == house.operator
    assert row["before"] == {"email": "***", "open_cap": None}
    assert row["after"] == {"email": "***", "open_cap": 9}


async def test_an_open_stream_follows_who_may_see_what(house: House):
    east, west = await house.unit("East"), await house.unit("West")
    mia = await house.person("mia", east, roles=["manager"])
    ben = await house.person("ben", east, roles=["manager"])
    headers = house.world.headers(UUID(ben["id"])) | {"Content-Type": "application/octet-stream"}
    sent = await house.api.post("/imports/products", content=b"name\nPump\n", headers=headers)
    path = f"/imports/{sent.json()['id']}/events"

    async with stream(house.api, path, house.world.headers(UUID(mia["id"]))) as live:
        await house.change(f"/persons/{mia['id']}", unit_id=west["id"])

        await live.end()

"""Identity providers bring people and units over SCIM 2.0, and their rights follow at once."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server

from shared.principals import ROOT_UNIT
from tests.opportunities.owners.house import House, Json, captured

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Provider:
    """An identity provider with an API key of ours."""

    house: House
    key: str

    async def ask(
        self, method: str, path: str, body: Any = None, *, etag: str = "", key: str | None = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        if etag:
            headers["If-Match"] = etag
        return await self.house.api.request(method, f"/scim/v2{path}", json=body, headers=headers)

    async def user(self, username: str = "anna@acme.cn", **said: Any) -> Json:
        body = {"schemas": [USER], "userName": username, "displayName": "Anna", **said}
        answer = await self.ask("POST", "/Users", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def group(self, name: str = "East", *members: Json) -> Json:
        body = {
            "schemas": [GROUP],
            "displayName": name,
            "members": [{"value": each["id"]} for each in members],
        }
        answer = await self.ask("POST", "/Groups", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def patch(self, path: str, *operations: Json, etag: str = "") -> httpx.Response:
        return await self.ask(
            "PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, etag=etag
        )


@pytest.fixture
async def provider(house: House) -> Provider:
    made = await house.make("/clients", name="entra", unit_id=str(ROOT_UNIT), roles=["operator"])
    return Provider(house=house, key=made["api_key"])


async def test_the_testers_of_the_protocol_find_nothing(provider: Provider):
    loop = asyncio.get_running_loop()

    class Client(BaseSyncSCIMClient):
        """Hands what the testers ask in their thread to the service in this one."""

        def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
            path = url.rpartition("/scim/v2")[2]
            headers = {**kwargs.pop("headers", {}), "Authorization": f"Bearer {provider.key}"}
            sent = provider.house.api.request(
                method, f"/scim/v2/{path.lstrip('/')}", headers=headers, **kwargs
            )
            return asyncio.run_coroutine_threadsafe(sent, loop).result(30)

        def _stays_under_base_url(self, endpoint: str) -> bool:
            return True

    results = await asyncio.to_thread(lambda: check_server(Client()))

    wrong = [(each.title, each.reason) for each in results if each.status not in FINE]
    assert wrong == []
    assert sum(each.status == Status.SUCCESS for each in results) > 30


FINE = {Status.SUCCESS, Status.SKIPPED, Status.ACCEPTABLE}


async def test_somebody_who_is_brought_is_a_seller_of_the_directory(provider: Provider):
    made = await provider.user(
        externalId="00u1", name={"familyName": "Li"}, emails=[{"value": "anna@acme.cn"}]
    )

    shown = (
        await provider.house.ask(provider.house.operator, "GET", f"/persons/{made['id']}")
    ).json()
    assert (shown["username"], shown["name"], shown["email"]) == (
        "anna@acme.cn",
        "Anna",
        "anna@acme.cn",
    )
    assert (shown["roles"], shown["active"]) == (["seller"], True)
    assert made["externalId"] == "00u1"
    assert made["meta"]["version"] == 'W/"1"'


async def test_a_name_can_be_borne_once(provider: Provider):
    await provider.user()

    again = await provider.ask(
        "POST", "/Users", {"schemas": [USER], "userName": "ANNA@acme.cn", "displayName": "Other"}
    )

    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"op": "Replace", "path": "active", "value": "False"}, id="as Entra says it"),
        pytest.param({"op": "replace", "value": {"active": False}}, id="as Okta says it"),
    ],
)
async def test_whoever_is_switched_off_can_do_nothing_any_more(provider: Provider, operation: Json):
    anna = await provider.user()
    house = provider.house
    before = await house.ask(anna["id"], "GET", "/me")

    answer = await provider.patch(f"/Users/{anna['id']}", operation)

    assert (before.status_code, answer.status_code) == (200, 200)
    assert answer.json()["active"] is False
    assert (await house.ask(anna["id"], "GET", "/me")).status_code == 401


async def test_who_is_moved_gets_what_is_for_their_new_team(provider: Provider):
    house = provider.house
    east = await house.unit("East", regions=["华东"])
    anna = await provider.user()
    before = captured()
    await house.hear(before)

    moved = await provider.patch(
        f"/Groups/{east['id']}",
        {"op": "add", "path": "members", "value": [{"value": anna["id"]}]},
    )
    after = captured()
    await house.hear(after)

    assert moved.status_code == 200, moved.text
    assert await house.owner_of(before) is None
    assert await house.owner_of(after) == anna["id"]
    shown = (await provider.ask("GET", f"/Users/{anna['id']}")).json()
    assert [group["value"] for group in shown["groups"]] == [east["id"]]


async def test_who_is_taken_out_of_a_team_belongs_to_the_one_above(provider: Provider):
    anna, ben = await provider.user(), await provider.user("ben", displayName="Ben")
    east = await provider.group("East", anna, ben)

    out = {"op": "remove", "path": f'members[value eq "{anna["id"]}"]'}
    answer = await provider.patch(f"/Groups/{east['id']}", out)

    assert [member["value"] for member in answer.json()["members"]] == [ben["id"]]
    shown = await provider.house.ask(provider.house.operator, "GET", f"/persons/{anna['id']}")
    assert shown.json()["unit_id"] == str(ROOT_UNIT)


async def test_who_is_taken_away_keeps_what_they_have_and_may_come_back(provider: Provider):
    house = provider.house
    anna = await provider.user()
    lead = captured(lead={"wanted_owner_id": UUID(anna["id"])})
    await house.hear(lead)

    gone = await provider.ask("DELETE", f"/Users/{anna['id']}")
    missing = await provider.ask("GET", f"/Users/{anna['id']}")
    kept = await house.owner_of(lead)
    back = await provider.user()

    assert (gone.status_code, missing.status_code, kept) == (204, 404, anna["id"])
    assert (back["id"], back["active"]) == (anna["id"], True)


async def test_a_team_that_is_taken_away_is_closed_and_its_people_go_up(provider: Provider):
    anna = await provider.user()
    east = await provider.group("East", anna)

    gone = await provider.ask("DELETE", f"/Groups/{east['id']}")

    assert gone.status_code == 204
    assert (await provider.ask("GET", f"/Groups/{east['id']}")).status_code == 404
    shown = await provider.house.ask(provider.house.operator, "GET", f"/persons/{anna['id']}")
    assert shown.json()["unit_id"] == str(ROOT_UNIT)


async def test_many_come_in_pages_and_by_filter(provider: Provider):
    for number in range(5):
        await provider.user(f"p{number}", displayName=f"P {number}")

    found = await provider.ask("GET", '/Users?filter=userName sw "p"&startIndex=3&count=2')
    one = await provider.ask("GET", '/Users?filter=userName eq "P4"&attributes=userName')

    page = found.json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 3, 2)
    assert [each["userName"] for each in page["Resources"]] == ["p2", "p3"]
    [only] = one.json()["Resources"]
    assert set(only) == {"schemas", "id", "userName"}


async def test_of_two_changes_to_one_state_one_is_refused(provider: Provider):
    anna = await provider.user()
    rename = {"op": "replace", "path": "displayName", "value": "Annie"}

    first = await provider.patch(f"/Users/{anna['id']}", rename, etag=anna["meta"]["version"])
    second = await provider.patch(f"/Users/{anna['id']}", rename, etag=anna["meta"]["version"])

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("GET", '/Users?filter=userName zz "a"', None, 400, id="no filter"),
        pytest.param("POST", "/Users", {"schemas": [USER]}, 400, id="nobody"),
        pytest.param(
            "POST",
            "/Users",
            {"schemas": [USER], "userName": "Li Lei!"},
            400,
            id="no name to sign in",
        ),
        pytest.param("POST", "/Users", [], 400, id="no object"),
        pytest.param(
            "POST",
            "/Groups",
            {"schemas": [GROUP], "displayName": "East", "members": [{"value": "nobody"}]},
            400,
            id="no member",
        ),
        pytest.param("GET", "/Users/not-an-id", None, 404, id="no id"),
        pytest.param("PATCH", f"/Groups/{ROOT_UNIT}", {"schemas": [PATCH]}, 400, id="no operation"),
    ],
)
async def test_what_makes_no_sense_is_refused_as_the_protocol_says(
    provider: Provider, method: str, path: str, body: Any, status: int
):
    answer = await provider.ask(method, path, body)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert answer.json()["status"] == str(status)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(
            "/Users?attributes=a[b",
            {"schemas": [USER], "userName": "anna"},
            id="an answer nobody can give",
        ),
        pytest.param(
            "/Groups",
            {"schemas": [GROUP], "displayName": "anna", "members": [{"value": "nobody"}]},
            id="a member who is not there",
        ),
    ],
)
async def test_what_is_refused_leaves_nothing_behind(provider: Provider, path: str, body: Json):
    refused = await provider.ask("POST", path, body)

    assert refused.status_code == 400, refused.text
    listed = (await provider.ask("GET", path.partition("?")[0])).json()["Resources"]
    assert "anna" not in {each.get("userName") or each.get("displayName") for each in listed}


async def test_only_programs_that_look_after_the_directory_are_let_in(provider: Provider):
    seller = await provider.house.make(
        "/clients", name="other", unit_id=str(ROOT_UNIT), roles=["integrator"]
    )

    nobody = await provider.ask("GET", "/Users", key="")
    another = await provider.ask("GET", "/Users", key=seller["api_key"])

    assert (nobody.status_code, another.status_code) == (401, 403)
    assert nobody.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


async def test_the_last_operator_is_not_taken_away(provider: Provider):
    answer = await provider.ask("DELETE", f"/Users/{provider.house.operator}")

    assert answer.status_code == 409

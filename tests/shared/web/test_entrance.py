"""Who may come in: nobody unknown, nobody without the role, and nobody any more once they left."""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from shared.contracts.opportunities import PersonDefined, UnitDefined
from shared.principals import ROOT_UNIT
from shared.settings import OidcIssuer
from shared.web import authentication
from shared.web.authentication import IdentityProvider
from tests.shared.web.toy import Caller, Toy

SOME_NOTE = UUID(int=7)
PATHS = ["/notes", f"/notes/{SOME_NOTE}", "/stream"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "Bearer " + "x" * 9000],
    ids=["none", "empty", "no token", "blank", "nonsense", "basic", "oversize"],
)
async def test_nobody_unknown_comes_in(toy: Toy, path: str, authorization: str | None):
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = await toy.api.get(path, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_the_body_of_a_stranger_is_not_read(toy: Toy):
    answer = await toy.api.post("/notes", content=b"{" * 2_000_000)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        ("auditor", "POST", "/notes", 403),
        ("auditor", "GET", "/notes", 200),
        ("team_lead", "POST", "/notes", 201),
        ("team_lead", "GET", "/stream", 403),
        ("seller", "GET", f"/notes/{SOME_NOTE}/named/x", 403),
        ("operator", "GET", f"/notes/{SOME_NOTE}/named/x", 200),
    ],
)
async def test_roles_decide_what_may_be_done(
    toy: Toy, role: Any, method: str, path: str, status: int
):
    caller = await toy.hire(role)

    answer = await caller.send(path, b'{"text":"x"}', method=method)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["type"] == "/problems/not-allowed"


async def test_somebody_who_leaves_is_out_within_seconds(
    toy: Toy, anna: Caller, monkeypatch: pytest.MonkeyPatch
):
    assert (await anna.get("/notes")).status_code == 200
    await toy.define(
        PersonDefined(
            person_id=anna.id, username="a", name="", unit_id=ROOT_UNIT, roles=(), active=False
        )
    )
    assert (await anna.get("/notes")).status_code == 200
    later = time.monotonic() + authentication.REMEMBERED_SECONDS

    monkeypatch.setattr(authentication.time, "monotonic", lambda: later)

    assert (await anna.get("/notes")).status_code == 401


async def test_what_lies_outside_ones_scope_is_as_if_it_were_not(toy: Toy, anna: Caller):
    north, south = uuid4(), uuid4()
    for unit_id in (north, south):
        await toy.define(UnitDefined(unit_id=unit_id, name="", kind="region", parent_id=ROOT_UNIT))
    ben, cleo = await toy.hire("seller", unit_id=north), await toy.hire("manager", unit_id=north)
    dora = await toy.hire("manager", unit_id=south)
    note = (await ben.note("ben's")).json()

    seen = {
        name: (
            (await caller.get(f"/notes/{note['id']}")).status_code,
            len((await caller.get("/notes")).json()["items"]),
        )
        for name, caller in {"ben": ben, "cleo": cleo, "dora": dora, "anna": anna}.items()
    }

    assert seen == {"ben": (200, 1), "cleo": (200, 1), "dora": (404, 0), "anna": (404, 0)}
    hidden = await dora.get(f"/notes/{note['id']}")
    missing = await dora.get(f"/notes/{uuid4()}")
    assert hidden.json() | {"instance": ""} == missing.json() | {"instance": ""}


async def test_a_row_cannot_be_moved_out_of_ones_own_sight(toy: Toy, anna: Caller):
    note = (await anna.note("hers")).json()
    ben = await toy.hire("seller")

    answer = await ben.send(
        f"/notes/{note['id']}/text", b'{"text":"mine"}', method="PUT", **{"If-Match": "*"}
    )

    assert answer.status_code == 404


class Provider:
    """An identity provider that counts how often it is asked for its keys."""

    def __init__(self, key: RSAKey | ECKey, algorithm: str) -> None:
        self.keys, self.algorithm = [key], algorithm
        self.asked, self.down = 0, False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.down:
            return httpx.Response(500)
        return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})

    def install(self, toy: Toy) -> None:
        issuer = OidcIssuer(
            issuer="https://id.example", audience="shangji", jwks_url="https://id.example/keys"
        )
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        toy.app.state.shared.authenticator.providers = {
            issuer.issuer: IdentityProvider(issuer, http=http)
        }

    def token(self, username: object, **claims: Any) -> dict[str, str]:
        said = {
            "iss": "https://id.example",
            "aud": "shangji",
            "sub": "4711",
            "exp": int(time.time()) + 300,
            "preferred_username": username,
            **claims,
        }
        key = self.keys[-1]
        token = jwt.encode({"alg": self.algorithm, "kid": key.kid}, said, key)
        return {"Authorization": f"Bearer {token}"}


async def test_people_of_an_identity_provider_come_in_by_their_name(toy: Toy):
    await toy.define(
        PersonDefined(
            person_id=uuid4(), username="anna", name="", unit_id=ROOT_UNIT, roles=("seller",)
        )
    )
    for key, algorithm in (
        (RSAKey.generate_key(2048, auto_kid=True), "RS256"),
        (ECKey.generate_key("P-256", auto_kid=True), "ES256"),
    ):
        provider = Provider(key, algorithm)
        provider.install(toy)

        answers = [
            await toy.api.get("/notes", headers=provider.token("anna", nonce=number))
            for number in range(3)
        ]

        assert [answer.status_code for answer in answers] == [200] * 3
        assert provider.asked == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://other.example"},
        {"exp": 1},
        {"preferred_username": None},
        {"preferred_username": ""},
        {"preferred_username": ["anna"]},
        {"preferred_username": "stranger"},
    ],
    ids=str,
)
async def test_a_providers_token_must_be_for_us_and_for_somebody(toy: Toy, claims: dict[str, Any]):
    await toy.define(
        PersonDefined(
            person_id=uuid4(), username="anna", name="", unit_id=ROOT_UNIT, roles=("seller",)
        )
    )
    provider = Provider(ECKey.generate_key("P-256", auto_kid=True), "ES256")
    provider.install(toy)

    answer = await toy.api.get("/notes", headers=provider.token("anna", **claims))

    assert answer.status_code == 401


async def test_a_provider_that_does_not_answer_is_not_asked_for_every_request(toy: Toy):
    provider = Provider(ECKey.generate_key("P-256", auto_kid=True), "ES256")
    provider.down = True
    provider.install(toy)

    answers = [await toy.api.get("/notes", headers=provider.token("anna")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503] * 3
    assert provider.asked == 1


async def test_an_unknown_key_makes_us_ask_again_but_not_for_ever(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
):
    await toy.define(
        PersonDefined(
            person_id=uuid4(), username="anna", name="", unit_id=ROOT_UNIT, roles=("seller",)
        )
    )
    provider = Provider(ECKey.generate_key("P-256", auto_kid=True), "ES256")
    provider.install(toy)
    await toy.api.get("/notes", headers=provider.token("anna"))
    provider.keys.append(ECKey.generate_key("P-256", auto_kid=True))
    new = provider.token("anna")

    too_soon = await toy.api.get("/notes", headers=new)
    asked = provider.asked
    later = time.monotonic() + authentication.KEYS_PATIENCE_SECONDS + 1
    monkeypatch.setattr(authentication.time, "monotonic", lambda: later)
    in_time = await toy.api.get("/notes", headers=new)

    assert (too_soon.status_code, asked) == (401, 1)
    assert (in_time.status_code, provider.asked) == (200, 2)


class Lines:
    """A stream as its client reads it."""

    def __init__(self, toy: Toy, caller: Caller, **headers: str) -> None:
        self.sent: asyncio.Queue[bytes] = asyncio.Queue()
        self.hung_up = asyncio.Event()
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/stream",
            "raw_path": b"/stream",
            "query_string": b"",
            "root_path": "",
            "headers": [
                (name.lower().encode(), value.encode())
                for name, value in caller.headers(None, **headers).items()
            ],
            "client": None,
            "server": ("toy", 80),
        }
        self.task = asyncio.create_task(toy.app(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            await self.sent.put(message["body"])

    async def next(self) -> str:
        return (await asyncio.wait_for(self.sent.get(), 10)).decode()

    async def ended(self) -> None:
        await asyncio.wait_for(self.task, 10)


async def test_a_stream_tells_what_happens_and_goes_on_where_it_stopped(toy: Toy, anna: Caller):
    await anna.note("one")
    stream = Lines(toy, anna)
    assert await stream.next() == "retry: 2000\n\n"
    first = await stream.next()
    assert 'data: {"text":"one"}' in first
    await anna.note("two")
    assert 'data: {"text":"two"}' in await stream.next()
    stream.hung_up.set()
    await stream.ended()

    again = Lines(toy, anna, **{"Last-Event-ID": first.split("id: ")[1].strip()})
    await again.next()

    assert 'data: {"text":"two"}' in await again.next()
    again.hung_up.set()
    await again.ended()


async def test_a_stream_ends_when_the_process_does(toy: Toy, anna: Caller):
    stream = Lines(toy, anna)
    await stream.next()

    toy.resources.stop.set()

    await stream.ended()
    assert (await toy.api.get("/readyz")).status_code == 503


async def test_a_stream_ends_when_its_readers_rights_do(
    toy: Toy, anna: Caller, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(authentication, "REMEMBERED_SECONDS", 0)
    stream = Lines(toy, anna)
    await stream.next()

    await toy.define(
        PersonDefined(
            person_id=anna.id, username="a", name="", unit_id=ROOT_UNIT, roles=("auditor",)
        )
    )

    await stream.ended()


async def test_an_expired_session_is_not_remembered_longer_than_it_is_valid(toy: Toy, anna: Caller):
    token = toy.signer.for_person(anna.id, lifetime=timedelta(seconds=-120))

    answer = await toy.api.get("/notes", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401


async def test_problems_are_json_whatever_else_is_asked_for(toy: Toy):
    answer = await toy.api.get("/notes", headers={"Accept": "text/html"})

    assert json.loads(answer.content)["status"] == 401

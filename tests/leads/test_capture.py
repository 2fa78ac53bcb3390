"""Leads come in: once, twice, at once, malformed."""

import asyncio
from uuid import UUID

import pytest

from tests.leads.office import Office

MOBILE, MASKED = "13812341234", "138****1234"


async def test_a_lead_that_comes_in_is_kept_judged_and_announced(office: Office):
    answer = await office.olga.capture(
        name="李雷", phone=MOBILE, company_name="Acme", source="baidu"
    )

    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    lead = await office.olga.lead(UUID(receipt["id"]))
    assert (lead["grade"], lead["score"], lead["source"]) == ("B", 45, "baidu")
    assert receipt["duplicate"] is False
    assert await office.said(UUID(receipt["id"])) == ["lead.captured.v1", "lead.scored.v1"]
    [kept] = await office.rows("SELECT state, lead_id FROM submission")
    assert kept == {"state": "accepted", "lead_id": UUID(receipt["id"])}


async def test_nothing_personal_is_announced(office: Office):
    await office.olga.capture(name="李雷", phone=MOBILE, mail="lilei@x.com", notes="急用")

    await office.world.settle()

    for event in office.world.log.events():
        assert not any(
            secret in event.payload.decode() for secret in ("李雷", MOBILE, "lilei", "急用")
        )


async def test_the_same_person_again_joins_their_lead(office: Office):
    first = await office.olga.captured(name="李雷", phone=MOBILE)

    again = await office.olga.capture(name="Li Lei", phone=f"+86 {MOBILE}", source="bing")

    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["id"] == str(first)
    lead = await office.olga.lead(first)
    assert (lead["name"], lead["touches"]) == ("李雷", 2)
    assert (await office.said(first))[2:] == ["lead.touched.v1", "lead.scored.v1"]


async def test_the_sender_s_own_id_is_honoured_as_a_key(office: Office):
    external = {"system": "webshop", "id": "A-17"}
    first = await office.olga.captured(name="李雷", external=external)

    again = await office.olga.capture(name="韩梅梅", external=external)

    assert again.json() | {"submission_id": ""} == {
        "id": str(first),
        "duplicate": True,
        "submission_id": "",
    }


@pytest.mark.parametrize(
    "shared",
    [
        {"phone": "010-62345678"},
        {"phone": "400-820-8820"},
        {"company_name": "Acme"},
        {"name": "李雷"},
    ],
    ids=["landline", "400 number", "company", "name"],
)
async def test_what_many_people_share_joins_nobody(office: Office, shared: dict[str, str]):
    first = await office.olga.captured(**shared)

    second = await office.olga.captured(**shared)

    assert first != second


async def test_equal_leads_at_the_same_moment_end_as_one(office: Office):
    answers = await asyncio.gather(
        *(office.olga.capture(name="李雷", phone=MOBILE, mail="lilei@x.com") for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    [lead_id] = {UUID(answer.json()["id"]) for answer in answers}
    assert (await office.olga.lead(lead_id))["touches"] == 8
    assert (await office.said(lead_id)).count("lead.touched.v1") == 7


async def test_leads_that_cross_at_the_same_moment_do_not_deadlock(office: Office):
    numbers = [f"1380013800{digit}" for digit in range(10)]
    mails = [f"p{digit}@x.com" for digit in range(10)]

    answers = await asyncio.gather(
        *(
            office.olga.capture(phone=number, mail=address)
            for number, address in zip(numbers + numbers[::-1], mails + mails, strict=True)
        )
    )

    assert {answer.status_code for answer in answers} <= {200, 201}
    [counted] = await office.rows("SELECT count(*) AS leads, sum(touches) AS touches FROM lead")
    assert counted["touches"] == 20


async def test_a_joined_submission_teaches_the_lead_its_other_keys(office: Office):
    first = await office.olga.captured(phone=MOBILE)
    await office.olga.captured(phone=MOBILE, mail="lilei@x.com")

    by_mail = await office.olga.captured(mail="LiLei@x.com")

    assert by_mail == first


async def test_the_same_request_again_gets_the_same_answer(office: Office):
    key = {"Idempotency-Key": "form-1"}
    first = await office.olga.send("POST", "/leads", {"phone": MOBILE}, headers=key)

    again = await office.olga.send("POST", "/leads", {"phone": MOBILE}, headers=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert (await office.rows("SELECT touches FROM lead")) == [{"touches": 1}]


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        pytest.param(b"{", "malformed-body", id="half a body"),
        pytest.param(b"\xff\xfe", "malformed-body", id="not UTF-8"),
        pytest.param(b"[]", "invalid-request", id="a list"),
        pytest.param(b'{"nam": "x"}', "invalid-request", id="an unknown field"),
        pytest.param(b'{"name": 7}', "invalid-request", id="a wrong type"),
        pytest.param(b'{"name": "x", "phone": "12"}', "unreadable-values", id="a bad phone"),
        pytest.param(b'{"source": "baidu"}', "unreadable-values", id="nobody"),
    ],
)
async def test_what_cannot_be_read_waits_in_quarantine(office: Office, content: bytes, slug: str):
    refused = await office.olga.send("POST", "/leads", content=content)

    assert refused.status_code == 422
    problem = refused.json()
    assert problem["type"] == f"/problems/{slug}"
    [waiting] = (await office.olga.get("/submissions", state="quarantined")).json()["items"]
    assert waiting["id"] == problem["submission_id"]
    assert waiting["problem"]["type"] == slug
    assert [kept["body"] for kept in await office.bodies()] == [content]


async def test_a_bad_value_is_named_by_its_field(office: Office):
    refused = await office.olga.capture(name="李雷", phone="12", mail="nobody")

    pointers = [error["pointer"] for error in refused.json()["errors"]]
    assert pointers == ["/phone", "/mail"]


async def test_a_mended_submission_becomes_a_lead(office: Office):
    refused = await office.olga.capture(name="李雷", phone="12")
    submission = f"/submissions/{refused.json()['submission_id']}"

    replayed = await office.olga.send(
        "POST", f"{submission}/replay", {"name": "李雷", "phone": MOBILE}
    )

    assert replayed.status_code == 201, replayed.text
    shown = (await office.olga.get(submission)).json()
    assert (shown["state"], shown["lead_id"]) == ("accepted", replayed.json()["id"])
    assert '"12"' in shown["body"]
    assert MOBILE in shown["mended"]


async def test_a_submission_is_replayed_once(office: Office):
    refused = await office.olga.capture(name="李雷", phone="12")
    path = f"/submissions/{refused.json()['submission_id']}/replay"
    await office.olga.send("POST", path, {"name": "李雷"})

    again = await office.olga.send("POST", path, {"name": "李雷"})

    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-accepted")


async def test_a_submission_that_is_still_bad_stays_in_quarantine(office: Office):
    refused = await office.olga.capture(name="李雷", phone="12")
    path = f"/submissions/{refused.json()['submission_id']}"

    again = await office.olga.send("POST", f"{path}/replay", {"name": "李雷", "phone": "13"})

    assert again.status_code == 422
    assert (await office.olga.get(path)).json()["state"] == "quarantined"


async def test_a_seller_s_own_find_is_theirs(office: Office):
    lead_id = await office.anna.captured(name="李雷", phone=MOBILE)

    lead = await office.anna.lead(lead_id)

    assert lead["owner_id"] == str(office.anna.id)
    assert lead["unit_id"] == str(office.first.unit_id)


async def test_joining_somebody_else_s_lead_shows_nothing_of_it(office: Office):
    known = await office.anna.captured(name="李雷", phone=MOBILE)

    joined = await office.dan.capture(name="李雷", phone=MOBILE)

    assert joined.status_code == 200
    assert set(joined.json()) == {"id", "submission_id", "duplicate"}
    assert (await office.dan.get(f"/leads/{known}")).status_code == 404
    assert (await office.anna.lead(known))["owner_id"] == str(office.anna.id)

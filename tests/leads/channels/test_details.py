"""Notices of Meta and LinkedIn name leads and say nothing of them: the platform is asked, and what fails waits."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import httpx
import orjson

from services.leads.domain.channel.templates import TEMPLATES
from tests.leads.channels.senders import SECRET, Sender, define, give_secret
from tests.leads.channels.stand_in import StandIn, stand_in
from tests.leads.office import Json, Office

TOKEN = "shown to the platform only"
META_SECRET = {"app_secret": SECRET, "verify_token": "v"}
HOUR = timedelta(hours=1)


def lead_of_meta(number: int, name: str) -> Json:
    """As Meta answers for one lead."""
    return {
        "id": str(number),
        "created_time": "2026-03-02T01:30:00+0000",
        "field_data": [
            {"name": "full_name", "values": [name]},
            {"name": "phone_number", "values": [f"+861381234{number}"]},
        ],
    }


def notice_of_meta(*numbers: int) -> Json:
    """As Meta says that there are new leads."""
    changes = [
        {"field": "leadgen", "value": {"leadgen_id": number, "page_id": 7, "form_id": 8}}
        for number in numbers
    ]
    return {"object": "page", "entry": [{"id": "7", "time": 1, "changes": changes}]}


async def meta(office: Office, platform: StandIn, **secret: str) -> Sender:
    """A channel for Meta's notices, which asks the stand-in."""
    channel = TEMPLATES["meta"].channel.model_dump(mode="json", exclude_defaults=True)
    await define(office, **{**channel, "details": {"api": "meta", "base": platform.base}})
    await give_secret(office, parts={**META_SECRET, **secret})
    return Sender(office, "acme")


async def send(sender: Sender, payload: Json) -> httpx.Response:
    """A notice, signed as Meta signs."""
    body = orjson.dumps(payload)
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return await sender.send(content=body, headers={"X-Hub-Signature-256": f"sha256={made}"})


async def submissions(office: Office) -> list[dict[str, Any]]:
    return await office.rows(
        "SELECT id, state, problem, ask_attempts, ask_at FROM submission ORDER BY received_at, id"
    )


async def names(office: Office) -> list[str]:
    lines = (await office.olga.get("/leads")).json()["items"]
    return sorted(
        [(await office.olga.get(f"/leads/{line['id']}")).json()["name"] for line in lines]
    )


async def test_what_a_notice_names_is_asked_for_and_becomes_a_lead(office: Office):
    async with stand_in() as platform:
        sender = await meta(office, platform, access_token=TOKEN)
        platform.answers = {"1111": (200, lead_of_meta(1111, "李雷"))}

        sent = await send(sender, notice_of_meta(1111))
        before = await submissions(office)
        await office.world.advance()

        [kept] = await submissions(office)
        [(path, headers)] = platform.asked
        assert sent.status_code == 200
        assert before[0]["problem"]["type"] == "details-awaited"
        assert kept["state"] == "accepted"
        assert await names(office) == ["李雷"]
        assert path.startswith("/1111?fields=id,created_time,")
        assert headers["authorization"] == f"Bearer {TOKEN}"


async def test_each_lead_of_a_notice_is_one(office: Office):
    async with stand_in() as platform:
        sender = await meta(office, platform, access_token=TOKEN)
        platform.answers = {
            str(number): (200, lead_of_meta(number, name))
            for number, name in ((1111, "李雷"), (2222, "韩梅梅"))
        }

        await send(sender, notice_of_meta(1111, 2222))
        await send(sender, notice_of_meta(1111, 2222))
        await office.world.advance()

        assert [kept["state"] for kept in await submissions(office)] == ["accepted", "accepted"]
        assert await names(office) == ["李雷", "韩梅梅"]


async def test_a_platform_that_fails_is_asked_again_later(office: Office):
    async with stand_in() as platform:
        sender = await meta(office, platform, access_token=TOKEN)
        platform.answers = {"1111": (500, {})}
        await send(sender, notice_of_meta(1111))
        await office.world.advance()
        [waiting] = await submissions(office)

        platform.answers = {"1111": (200, lead_of_meta(1111, "李雷"))}
        await office.world.advance(HOUR)

        assert waiting["problem"]["type"] == "details-not-to-be-had"
        assert "It answered 500" in waiting["problem"]["detail"]
        assert waiting["ask_at"] is not None
        assert await names(office) == ["李雷"]
        assert len(platform.asked) == 2


async def test_one_that_never_answers_ends_in_quarantine_and_is_asked_when_its_day_is_replayed(
    office: Office,
):
    async with stand_in() as platform:
        sender = await meta(office, platform, access_token=TOKEN)
        platform.answers = {"1111": (503, {})}
        await send(sender, notice_of_meta(1111))

        for _ in range(20):
            await office.world.advance(7 * HOUR)

        [given_up] = await submissions(office)
        assert (given_up["state"], given_up["ask_at"]) == ("quarantined", None)
        assert len(platform.asked) == given_up["ask_attempts"] == 10

        platform.answers = {"1111": (200, lead_of_meta(1111, "李雷"))}
        window = {
            "received_from": "2020-01-01T00:00:00Z",
            "received_before": "2100-01-01T00:00:00Z",
            "why": "Meta is back",
        }
        await office.olga.send("POST", "/channels/acme/replay", window)
        await office.world.advance()
        await office.world.advance(HOUR)

        assert await names(office) == ["李雷"]


async def test_a_lead_that_is_gone_is_not_asked_for_again(office: Office):
    async with stand_in() as platform:
        sender = await meta(office, platform, access_token=TOKEN)

        await send(sender, notice_of_meta(1111))
        await office.world.advance()
        await office.world.advance(24 * HOUR)

        [kept] = await submissions(office)
        assert (kept["state"], kept["ask_at"], len(platform.asked)) == ("quarantined", None, 1)
        assert "It answered 404" in kept["problem"]["detail"]


async def test_without_a_token_a_notice_waits_and_says_why(office: Office):
    async with stand_in() as platform:
        sender = await meta(office, platform)

        await send(sender, notice_of_meta(1111))
        await office.world.advance()

        [kept] = await submissions(office)
        assert "access_token" in kept["problem"]["detail"]
        assert platform.asked == []


async def test_an_answer_that_nobody_can_read_is_kept(office: Office):
    async with stand_in() as platform:
        sender = await meta(office, platform, access_token=TOKEN)
        platform.answers = {"1111": (200, b"<html>"), "2222": (200, [])}

        await send(sender, notice_of_meta(1111, 2222))
        await office.world.advance()

        kept = await submissions(office)
        assert [one["state"] for one in kept] == ["quarantined", "quarantined"]
        assert all(one["ask_at"] is None for one in kept)
        assert {one["problem"]["type"] for one in kept} == {
            "unreadable-submission",
            "unreadable-values",
        }


async def test_the_token_is_sealed(office: Office):
    async with stand_in() as platform:
        await meta(office, platform, access_token=TOKEN)

        [kept] = await office.rows("SELECT sealed FROM channel_secret")
        shown = await office.olga.get("/channels/acme")

        assert TOKEN.encode() not in kept["sealed"]
        assert TOKEN not in shown.text


async def test_linkedin_s_answers_are_read_by_the_questions_of_their_form(office: Office):
    async with stand_in() as platform:
        channel = TEMPLATES["linkedin"].channel.model_dump(mode="json", exclude_defaults=True)
        details = {"api": "linkedin", "base": platform.base}
        await define(office, **{**channel, "details": details})
        await give_secret(office, parts={"client_secret": SECRET, "access_token": TOKEN})
        platform.answers = {"abc-1": (200, answer_of_linkedin())}
        body = orjson.dumps(
            {
                "type": "LEAD_ACTION",
                "leadGenFormResponse": "urn:li:leadGenFormResponse:abc-1",
                "leadAction": "CREATED",
                "occurredAt": 1772415000,
            }
        )
        signature = hmac.new(SECRET.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()

        await Sender(office, "acme").send(content=body, headers={"X-LI-Signature": signature})
        await office.world.advance()

        [line] = (await office.olga.get("/leads")).json()["items"]
        lead = await office.olga.lead(line["id"])
        [(path, headers)] = platform.asked
        assert (lead["name"], lead["attributes"]) == ("雷 李", {"Budget": "10万"})
        assert path.startswith("/leadFormResponses/abc-1?fields=")
        assert headers["linkedin-version"] == "202605"


def answer_of_linkedin() -> Json:
    """As LinkedIn answers for one lead, with its form."""
    questions = [
        {"questionId": 1, "name": "First name", "predefinedField": "FIRST_NAME"},
        {"questionId": 2, "name": "Last name", "predefinedField": "LAST_NAME"},
        {"questionId": 3, "name": "Budget"},
    ]
    answers = [
        {"questionId": number, "answerDetails": {"textQuestionAnswer": {"answer": said}}}
        for number, said in ((1, "雷"), (2, "李"), (3, "10万"))
    ]
    return {
        "id": "abc-1",
        "submittedAt": 1772415000000,
        "formResponse": {"answers": answers},
        "form": {"name": "Form", "id": 9, "content": {"questions": questions}},
    }

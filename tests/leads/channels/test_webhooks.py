"""Senders that know nothing of us: proven, kept, understood, taken in once."""

import asyncio
import time
from typing import Any
from uuid import UUID

import pytest

from tests.leads.channels import senders
from tests.leads.channels.senders import SECRET, Sender, define, give_secret, ready
from tests.leads.office import Office

MOBILE = "13812341234"
PLAIN = {"name": "李雷", "phone": MOBILE}
MAPPED: dict[str, Any] = {
    "mapping": {
        "name": "data.contact.full_name",
        "phone": {"first": ["data.contact.mobile", "data.contact.tel"]},
        "company_name": "data.company",
        "source": {"path": "data.from", "values": {"1": "百度", "2": "必应"}},
        "notes": {"join": ["data.q1", "data.q2"], "between": "；"},
        "external_id": "id",
        "occurred_at": {"path": "at", "date": "%Y-%m-%d %H:%M:%S", "zone": "Asia/Shanghai"},
        "attributes": {"budget": "data.budget"},
    }
}


async def lead_of(office: Office, answer: Any) -> dict[str, Any]:
    """The lead a submission became."""
    submission_id = answer.json()["submission_id"]
    shown = (await office.olga.get(f"/submissions/{submission_id}")).json()
    return await office.olga.lead(UUID(shown["lead_id"]))


async def test_a_channel_that_was_just_added_takes_leads_in(office: Office):
    sender = await ready(office, **MAPPED)

    answer = await sender.send(
        {
            "id": "A-1",
            "at": "2026-02-01 08:00:00",
            "data": {
                "contact": {"full_name": "李雷", "tel": MOBILE},
                "company": "Acme 有限公司",
                "from": 1,
                "q1": "要报价",
                "q2": "急",
                "budget": 20000,
            },
        }
    )

    assert answer.status_code == 200, answer.text
    lead = await lead_of(office, answer)
    assert (lead["name"], lead["source"], lead["notes"]) == ("李雷", "百度", "要报价；急")
    assert (lead["channel"], lead["external"]) == ("acme", {"system": "acme", "id": "A-1"})
    assert (lead["attributes"], lead["captured_at"]) == ({"budget": 20000}, "2026-02-01T00:00:00Z")


async def test_the_same_submission_again_makes_no_other_lead_and_gets_the_same_answer(
    office: Office,
):
    sender = await ready(office)
    first = await sender.send(PLAIN)

    again = await sender.send(PLAIN)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert await office.rows("SELECT touches FROM lead") == [{"touches": 1}]
    assert len(await office.rows("SELECT FROM submission")) == 1


async def test_the_same_submission_at_the_same_moment_is_one(office: Office):
    sender = await ready(office)

    answers = await asyncio.gather(*(sender.send(PLAIN) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["submission_id"] for answer in answers}) == 1
    assert await office.rows("SELECT touches FROM lead") == [{"touches": 1}]


async def test_a_later_version_under_the_sender_s_id_corrects_the_lead(office: Office):
    sender = await ready(office)
    first = await sender.send({"external_id": "A-1", "name": "李雷", "company_name": "Acme"})

    await sender.send({"external_id": "A-1", "name": "李雷", "company_name": "Beta"})

    lead = await lead_of(office, first)
    assert (lead["company_name"], lead["touches"]) == ("Beta", 1)


SCHEMES: dict[str, dict[str, Any]] = {
    "header token": {"scheme": "header-token"},
    "another header": {"scheme": "header-token", "header": "X-Token", "prefix": ""},
    "query token": {"scheme": "query-token"},
    "hmac hex": {"scheme": "hmac-sha256", "header": "X-Hub-Signature-256", "prefix": "sha256="},
    "hmac base64": {"scheme": "hmac-sha256", "encoding": "base64"},
    "hmac with time": {"scheme": "hmac-sha256", "timestamp_header": "X-Time"},
}


def proven(name: str, body: bytes, secret: str) -> dict[str, Any]:
    """What a sender of each scheme adds to a request."""
    now = str(int(time.time()))
    headers = {
        "header token": {"Authorization": f"Bearer {secret}"},
        "another header": {"X-Token": secret},
        "query token": {},
        "hmac hex": {"X-Hub-Signature-256": "sha256=" + senders.hmac_hex(body, secret=secret)},
        "hmac base64": {"X-Signature": senders.hmac_base64(body, secret=secret)},
        "hmac with time": {
            "X-Time": now,
            "X-Signature": senders.hmac_hex(f"{now}.".encode() + body, secret=secret),
        },
    }[name]
    return {"headers": headers, "query": {"token": secret} if name == "query token" else {}}


@pytest.mark.parametrize("name", SCHEMES)
async def test_who_has_the_secret_is_let_in_and_nobody_else(office: Office, name: str):
    sender = await ready(office, proof=SCHEMES[name])
    body = b'{"phone": "13812341234"}'

    taken = await sender.send(content=body, **proven(name, body, SECRET))
    wrong = await sender.send(content=body, **proven(name, body, "another secret than theirs"))
    none = await sender.send(content=body, headers={})

    assert (taken.status_code, wrong.status_code, none.status_code) == (200, 401, 401)
    assert wrong.json()["type"] == "/problems/sender-unproven"
    assert len(await office.rows("SELECT FROM submission")) == 1


async def test_standard_webhooks_are_understood_with_a_secret_made_up_here(office: Office):
    await define(office, proof={"scheme": "standard-webhooks"})
    made = await give_secret(office, overlap_hours=0)
    secret = made["parts"]["secret"]
    sender = Sender(office, "acme")
    body = b'{"phone": "13812341234"}'

    taken = await sender.send(content=body, headers=senders.standard_webhook(body, secret=secret))
    old = await sender.send(
        content=body, headers=senders.standard_webhook(body, secret=secret, at=time.time() - 400)
    )

    assert (taken.status_code, old.status_code) == (200, 401)


async def test_a_secret_is_replaced_with_an_overlap(office: Office):
    sender = await ready(office)
    await give_secret(office, parts={"secret": "the secret after the first"}, overlap_hours=1)
    newer = Sender(office, "acme", secret="the secret after the first")

    answers = [await sender.send({"name": "A"}), await newer.send({"name": "B"})]
    await give_secret(office, parts={"secret": "and another one after it"}, overlap_hours=0)
    ended = [await sender.send({"name": "C"}), await newer.send({"name": "D"})]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.status_code for answer in ended] == [401, 401]


async def test_a_secret_is_never_shown_nor_kept_in_clear(office: Office):
    await ready(office)

    shown = (await office.olga.get("/channels/acme")).text
    versions = (await office.olga.get("/configurations/channel:acme")).text
    [kept] = await office.rows("SELECT sealed FROM channel_secret")

    assert SECRET not in shown + versions
    assert SECRET.encode() not in kept["sealed"]


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        pytest.param(b'{"name": "x", "phone": "12"}', "/phone", id="a bad phone"),
        pytest.param(b'{"source": "x"}', "", id="nobody"),
        pytest.param(b"{", None, id="not JSON"),
        pytest.param(b"\xff", None, id="not text"),
        pytest.param(b'{"name": "' + b"x" * 300 + b'"}', "/name", id="too long"),
    ],
)
async def test_what_cannot_be_read_is_kept_with_its_reason(
    office: Office, content: bytes, pointer: str | None
):
    sender = await ready(office)

    refused = await sender.send(content=content)

    assert refused.status_code == 422
    submission_id = refused.json()["submission_id"]
    shown = (await office.olga.get(f"/submissions/{submission_id}")).json()
    assert (shown["state"], shown["channel"]) == ("quarantined", "acme")
    assert [error["pointer"] for error in shown["problem"]["errors"]] == (
        [] if pointer is None else [pointer]
    )
    assert [kept["body"] for kept in await office.bodies()] == [content]


async def test_a_sender_who_cannot_mend_anything_is_thanked_all_the_same(office: Office):
    sender = await ready(
        office, refuses_unreadable=False, answer={"status": 200, "body": {"code": 0}}
    )

    answer = await sender.send({"phone": "12"})

    assert (answer.status_code, answer.json()) == (200, {"code": 0})
    [waiting] = (await office.olga.get("/submissions", state="quarantined")).json()["items"]
    assert waiting["problem"]["errors"][0]["pointer"] == "/phone"


async def test_required_and_custom_fields_are_asked_for_by_name(office: Office):
    sender = await ready(
        office,
        required=["company_name", "phone|mail"],
        attributes={
            "properties": {"budget": {"type": "number", "minimum": 1}, "size": {"enum": ["S"]}},
            "required": ["budget"],
            "additionalProperties": False,
        },
    )

    refused = await sender.send({"name": "李雷", "attributes": {"size": "XL", "color": "red"}})

    assert {error["pointer"] for error in refused.json()["errors"]} == {
        "/company_name",
        "/phone",
        "/attributes/budget",
        "/attributes/size",
        "/attributes/color",
    }
    assert "XL" not in refused.text


async def test_the_fields_of_a_channel_are_asked_of_post_leads_too(office: Office):
    await define(office, "website", kind="api", required=["company_name"])

    refused = await office.olga.capture(channel="website", name="李雷")

    assert [error["pointer"] for error in refused.json()["errors"]] == ["/company_name"]


async def test_a_form_and_xml_are_read_as_well(office: Office):
    sender = await ready(office, mapping={"name": {"first": ["xml.n", "n"]}})

    form = await sender.send(
        content=b"n=%E6%9D%8E%E9%9B%B7", content_type="application/x-www-form-urlencoded"
    )
    xml = await sender.send(content="<xml><n>韩梅梅</n></xml>".encode(), content_type="text/xml")
    bomb = await sender.send(content=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")

    assert (await lead_of(office, form))["name"] == "李雷"
    assert (await lead_of(office, xml))["name"] == "韩梅梅"
    assert bomb.status_code == 422


async def test_a_channel_of_another_kind_takes_nothing_from_outside(office: Office):
    await define(office, "hotline", kind="phone", proof={"scheme": "none"})

    assert (await Sender(office, "hotline").send(PLAIN)).status_code == 404


async def test_a_secret_of_another_scheme_proves_nothing(office: Office):
    sender = await ready(office)
    await define(office, proof={"scheme": "meta"})

    assert (await sender.send(PLAIN)).status_code == 401


async def test_an_unknown_channel_is_not_found(office: Office):
    assert (await Sender(office, "nobody").send(PLAIN)).status_code == 404


@pytest.mark.parametrize(
    "channel",
    [
        pytest.param({"proof": {"scheme": "none"}}, id="a webhook for anybody"),
        pytest.param({"required": ["nmae"]}, id="an unknown field"),
        pytest.param({"attributes": {"type": "string"}}, id="custom fields that are no object"),
        pytest.param({"attributes": {"properties": 7}}, id="no JSON Schema"),
        pytest.param({"mapping": {"name": "a[b"}}, id="no path"),
        pytest.param({"mapping": {"name": {"path": "a", "constant": "b"}}}, id="two sources"),
        pytest.param({"mapping": {"nmae": "a"}}, id="no such part of a lead"),
        pytest.param(
            {"attributes": {"properties": {"a": {"$ref": "http://127.0.0.1/x"}}}}, id="from outside"
        ),
    ],
)
async def test_a_channel_that_would_not_work_is_refused(office: Office, channel: dict[str, Any]):
    whole = {"title": "Acme", "proof": {"scheme": "header-token"}, **channel}

    refused = await office.olga.send("PUT", "/channels/acme", {"channel": whole, "why": "x"})

    assert refused.status_code == 422, refused.text
    assert (await office.olga.get("/channels/acme")).status_code == 404

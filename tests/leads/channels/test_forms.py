"""Forms: the page, the snippet, the QR code, and what keeps robots out."""

import asyncio
import io
from typing import Any
from uuid import uuid4

import httpx

from tests.leads.channels.senders import define
from tests.leads.channels.test_replay import replayed
from tests.leads.office import Office

MOBILE = "13812341234"
SITE = "https://www.example.com"


def filled(**values: Any) -> dict[str, Any]:
    """What the script of a form sends."""
    return {
        "submission_key": uuid4().hex,
        "elapsed_seconds": 12.5,
        "website": "",
        "name": "李雷",
        "phone": MOBILE,
        "trail": {"utm_source": "baidu", "landing_page": f"{SITE}/a"},
        **values,
    }


async def submitted(office: Office, form: dict[str, Any], **headers: str) -> httpx.Response:
    api = office.world["leads"].api
    return await api.post("/channels/web/submissions", json=form, headers=headers)


async def shown(office: Office, path: str, **query: str) -> httpx.Response:
    return await office.world["leads"].api.get(f"/channels/web/{path}", params=query)


async def form(office: Office, **settings: Any) -> None:
    await define(
        office, "web", kind="form", proof={"scheme": "none"}, required=["phone|mail"], **settings
    )


async def test_a_filled_form_becomes_a_lead(office: Office):
    await form(office)

    answer = await submitted(office, filled())

    assert (answer.status_code, set(answer.json())) == (200, {"submission_id"})
    [lead] = await office.leads("name", "phone", "channel")
    assert lead == {"name": "李雷", "phone": f"+86{MOBILE}", "channel": "web"}


async def test_what_is_sent_again_after_a_broken_line_counts_once(office: Office):
    await form(office)
    body = filled()

    answers = await asyncio.gather(*(submitted(office, body) for _ in range(4)))

    assert len({answer.text for answer in answers}) == 1
    assert await office.rows("SELECT touches FROM lead") == [{"touches": 1}]


async def test_a_person_is_told_what_is_wrong_field_by_field(office: Office):
    await form(office)

    refused = await submitted(office, filled(phone="12"))

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/phone"]


async def test_robots_are_thanked_and_kept_out(office: Office):
    await form(office)

    trapped = await submitted(office, filled(website="https://spam.example"))
    hurried = await submitted(office, filled(elapsed_seconds=0.3))

    assert (trapped.status_code, hurried.status_code) == (200, 200)
    assert await office.rows("SELECT FROM lead") == []
    waiting = (await office.olga.get("/submissions", state="quarantined")).json()["items"]
    assert {each["problem"]["type"] for each in waiting} == {"looks-like-robot"}
    assert (await replayed(office, "web"))["captured"] == 0
    vouched = await office.olga.send("POST", f"/submissions/{waiting[0]['id']}/retry", {})
    assert vouched.status_code == 201


async def test_too_many_from_one_address_have_to_wait(office: Office):
    await form(office, form={"most_per_minute": 2})
    for number in range(2):
        await submitted(office, filled(name=str(number)))

    refused = await submitted(office, filled(name="3"))

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    counted = (await office.olga.get("/channels/web")).json()["counters"]
    assert (counted["accepted"], counted["refused"]) == (2, 1)


async def test_the_page_loads_the_script_and_nothing_from_elsewhere(office: Office):
    await form(office)

    page = await shown(office, "form", utm_source="x", lang="en")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<script src="form.js"></script>' in page.text
    assert 'data-lang="en"' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")


async def test_the_script_knows_fields_texts_and_version(office: Office):
    await form(
        office,
        title="</script><b>",
        consent={"zh": "</script>同意", "en": "I agree"},
        attributes={"properties": {"size": {"enum": ["S", "L"], "title": "规模"}}},
    )

    script = await shown(office, "form.js")

    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert '"version":1' in script.text
    assert '"options":["S","L"]' in script.text
    assert "</script>" not in script.text


async def test_only_sites_on_the_list_may_send(office: Office):
    await form(office, form={"origins": [SITE]})
    api = office.world["leads"].api

    ours = await api.options("/channels/web/submissions", headers={"Origin": SITE})
    theirs = await api.options("/channels/web/submissions", headers={"Origin": "https://x.com"})
    answer = await submitted(office, filled(), Origin=SITE)
    refused = await submitted(office, filled(phone="1"), Origin=SITE)
    other = await submitted(office, filled(name="b"), Origin="https://x.com")

    assert (ours.status_code, ours.headers["Access-Control-Allow-Origin"]) == (204, SITE)
    assert theirs.status_code == 403
    for allowed in (answer, refused):
        assert allowed.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Origin" not in other.headers


async def test_a_qr_code_leads_to_the_form(office: Office):
    await form(office, form={"public_url": "https://crm.example.com"})

    svg = await shown(office, "qr.svg", campaign="展会")
    png = await shown(office, "qr.png")

    assert svg.headers["content-type"] == "image/svg+xml"
    assert svg.text.startswith("<?xml")
    assert io.BytesIO(png.content).read(8) == b"\x89PNG\r\n\x1a\n"


async def test_a_channel_without_a_form_shows_none(office: Office):
    await define(office, "web")

    for path in ("form", "form.js", "qr.svg"):
        assert (await shown(office, path)).status_code == 404

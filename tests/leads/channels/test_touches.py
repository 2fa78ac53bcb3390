"""What led somebody here stays with the lead, the first time and every later one."""

from uuid import UUID

from tests.leads.channels.senders import define, ready
from tests.leads.channels.test_replay import replayed
from tests.leads.office import Office

MOBILE = "13812341234"
TRAIL = {
    "utm_source": "baidu",
    "utm_campaign": "spring",
    "click": "bd_vid",
    "click_id": "v-1",
    "landing_page": "https://example.com/?name=x",
}


async def test_first_and_last_touch_are_kept_with_all_between(office: Office):
    sender = await ready(office, "website")
    await sender.send({"phone": MOBILE, "source": "baidu", "trail": TRAIL})
    await sender.send({"phone": MOBILE, "campaign": "autumn", "utm_source": "bing"})
    lead_id = await office.olga.captured(phone=MOBILE, channel="phone")

    touches = (await office.olga.get(f"/leads/{lead_id}/touches")).json()

    assert [touch["channel"] for touch in touches] == ["website", "website", "phone"]
    assert {**TRAIL, **touches[0]["trail"]} == touches[0]["trail"]
    assert (touches[0]["source"], touches[1]["campaign"]) == ("baidu", "autumn")
    assert touches[1]["trail"]["utm_source"] == "bing"


async def test_post_leads_takes_a_trail_too(office: Office):
    lead_id = await office.olga.captured(phone=MOBILE, trail=TRAIL)

    [touch] = (await office.olga.get(f"/leads/{lead_id}/touches")).json()

    assert touch["trail"]["click_id"] == "v-1"


async def test_campaigns_are_announced_and_clicks_and_pages_are_not(office: Office):
    lead_id = await office.olga.captured(phone=MOBILE, trail=TRAIL)
    await office.olga.captured(phone=MOBILE, trail=TRAIL)
    await office.world.settle()

    said = [event.payload.decode() for event in office.world.log.events()]

    told = [text for text in said if '"utm_source":"baidu"' in text]
    assert len(told) == 2
    assert not any("v-1" in text or "example.com" in text for text in said)
    assert await office.said(lead_id)


async def test_touches_are_seen_by_those_who_see_the_lead(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE)

    assert (await office.anna.get(f"/leads/{lead_id}/touches")).status_code == 200
    assert (await office.dan.get(f"/leads/{lead_id}/touches")).status_code == 404


async def test_a_corrected_submission_is_the_same_touch_with_another_trail(office: Office):
    sender = await ready(office, mapping={"phone": "tel", "source": "ad"})
    answer = await sender.send({"tel": MOBILE, "from": "百度", "ad": "spring"})
    await define(
        office,
        mapping={
            "phone": "tel",
            "source": "from",
            "campaign": "ad",
            "trail": {"utm_source": "from"},
        },
    )
    await replayed(office)

    submission = (await office.olga.get(f"/submissions/{answer.json()['submission_id']}")).json()
    lead_id = UUID(submission["lead_id"])

    [touch] = (await office.olga.get(f"/leads/{lead_id}/touches")).json()
    assert (touch["source"], touch["campaign"]) == ("百度", "spring")
    assert touch["trail"]["utm_source"] == "百度"


async def test_consent_is_asked_for_and_remembered_with_its_version(office: Office):
    consent = {"zh": "我同意联系", "en": "You may contact me"}
    sender = await ready(office, consent=consent)
    refused = await sender.send({"phone": MOBILE})

    answer = await sender.send({"phone": MOBILE, "consent": True, "consent_version": 1})

    assert [error["pointer"] for error in refused.json()["errors"]] == ["/consent"]
    submission = (await office.olga.get(f"/submissions/{answer.json()['submission_id']}")).json()
    [touch] = (await office.olga.get(f"/leads/{submission['lead_id']}/touches")).json()
    assert touch["consent_version"] == 1

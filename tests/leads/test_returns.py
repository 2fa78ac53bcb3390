"""Leads that had come to an end and act again, over HTTP."""

from datetime import timedelta
from uuid import UUID

from tests.leads import make
from tests.leads.office import Json, Office

PHONE = "13812341234"
DAY = timedelta(days=1)


async def given_up(office: Office, reason: str = "no_budget") -> UUID:
    """A lead that Anna found and gave up."""
    lead_id = await office.anna.captured(name="李雷", phone=PHONE)
    path = f"/leads/{lead_id}/disqualification"
    answer = await office.anna.send("POST", path, {"reason": reason})
    assert answer.status_code == 201, answer.text
    await office.world.advance(DAY)
    return lead_id


async def policy(office: Office, body: Json) -> None:
    """Put another policy of returns in force."""
    draft = await office.olga.send(
        "POST", "/configurations/returns", {"body": body, "why": "We want it so"}
    )
    version = draft.json()["version"]
    for state in ("checked", "activated"):
        await office.olga.send("PUT", f"/configurations/returns/{version}/state", {"state": state})


async def test_a_lead_that_was_given_up_and_acts_comes_back_with_its_history(office: Office):
    lead_id = await given_up(office)

    again = await office.olga.captured(phone=PHONE, notes="Now we have the money")

    [back] = (await office.olga.get(f"/leads/{lead_id}/returns")).json()
    lead = await office.olga.lead(lead_id)
    assert again == lead_id
    assert (lead["state"], lead["owner_id"]) == ("open", str(office.anna.id))
    assert (back["ended_as"], back["ended_for"]) == ("disqualified", "no_budget")
    assert (back["reopened_for"], back["reopened_by"]) == ("acted_again", None)
    assert back["ended_at"] < back["reopened_at"]
    assert (await office.said(lead_id)).count("lead.reopened.v1") == 1


async def test_policy_says_for_which_reasons_an_end_stands(office: Office):
    await policy(office, {"disqualified": {"except_for": ["competitor"]}})
    lead_id = await given_up(office, "competitor")

    await office.olga.captured(phone=PHONE)

    assert (await office.olga.lead(lead_id))["state"] == "disqualified"
    assert (await office.olga.get(f"/leads/{lead_id}/returns")).json() == []


async def test_after_long_silence_whoever_comes_is_a_new_lead(office: Office):
    await policy(office, {"disqualified": {"new_after_days": 90}})
    lead_id = await given_up(office)

    await office.world.advance(91 * DAY)
    new_id = await office.olga.captured(phone=PHONE)
    same = await office.olga.captured(phone=PHONE)
    await office.world.advance(DAY)

    assert new_id != lead_id
    assert same == new_id
    assert (await office.olga.lead(lead_id))["state"] == "disqualified"
    assert (await office.olga.lead(new_id))["state"] == "open"


async def test_a_lead_that_was_let_go_is_opened_unless_somebody_came_since(office: Office):
    await policy(office, {"disqualified": {"new_after_days": 90}})
    lead_id = await given_up(office)
    await office.world.advance(91 * DAY)
    path = f"/leads/{lead_id}/reopening"

    opened = await office.anna.send("POST", path, {"reason": "met_again"})
    joined = await office.olga.captured(phone=PHONE)
    await office.anna.send("POST", f"/leads/{lead_id}/disqualification", {"reason": "no_budget"})
    await office.world.advance(91 * DAY)
    other = await office.olga.captured(phone=PHONE)
    refused = await office.anna.send("POST", path, {"reason": "met_again"})

    assert opened.status_code == 201, opened.text
    assert joined == lead_id
    assert other != lead_id
    assert refused.json()["type"] == "/problems/held-by-another-lead"


async def test_whoever_comes_after_a_lost_deal_is_a_new_lead(office: Office):
    lead_id = await office.anna.captured(name="李雷", phone=PHONE, company_name="Acme")
    converted = await office.anna.send("POST", f"/leads/{lead_id}/convert", {})
    assert converted.status_code == 201, converted.text
    deal_id = UUID(int=7)
    await office.hear(make.opened(deal_id, lead_id=lead_id), make.lost(deal_id))
    await office.world.advance(DAY)

    new_id = await office.olga.captured(phone=PHONE)

    assert new_id != lead_id
    assert (await office.olga.lead(lead_id))["outcome"] == "lost"


async def test_leads_can_be_asked_for_by_whose_they_are(office: Office):
    found = await office.anna.captured(name="李雷")
    nobodys = await office.olga.captured(name="韩梅梅")

    answers = {
        held_by: {
            line["id"]
            for line in (await office.olga.get("/leads", held_by=held_by)).json()["items"]
        }
        for held_by in ("owner", "pool", "nobody")
    }

    assert answers == {"owner": {str(found)}, "pool": set(), "nobody": {str(nobodys)}}

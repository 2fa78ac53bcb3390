"""Evidence: who said what, when, and what it comes down to."""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx

from tests.leads.office import Json, Office
from tests.leads.test_qualification import YES, activate


async def note(office: Office, lead_id: UUID, criterion: str, **said: Json) -> httpx.Response:
    """Write evidence down."""
    body = {"framework": "meddic", "criterion": criterion, "evidence": "yes", **said}
    return await office.anna.send("POST", f"/leads/{lead_id}/evidence", body)


async def test_a_claim_is_kept_with_who_made_it_and_where(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")
    activity_id = str(uuid4())

    answer = await note(
        office,
        lead_id,
        "champion",
        claim="王总 will speak for us in the committee",
        said_by="王总",
        said_on="2026-03-02",
        activity_id=activity_id,
    )

    [kept] = answer.json()["notes"]
    assert answer.status_code == 201
    assert (kept["claim"], kept["said_by"], kept["activity_id"]) == (
        "王总 will speak for us in the committee",
        "王总",
        activity_id,
    )
    assert (kept["noted_by"], kept["counts"]) == (str(office.anna.id), True)
    assert answer.json()["meddic"]["champion"]["evidence"] == "yes"
    assert answer.json()["meddic_grade"] == "C"


async def test_the_latest_note_counts_and_the_earlier_ones_stay(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")
    await note(office, lead_id, "champion", said_by="王总")
    await office.world.advance(timedelta(hours=1))

    sheet = (await note(office, lead_id, "champion", evidence="no", said_by="李总")).json()

    assert sheet["meddic"]["champion"]["said_by"] == "李总"
    assert [(each["evidence"], each["counts"]) for each in sheet["notes"]] == [
        ("no", True),
        ("yes", False),
    ]


async def test_evidence_by_meddic_qualifies_where_policy_says_so(office: Office):
    await activate(office, "qualification", {"framework": "meddic", "meddic": {"b": 40}})
    lead_id = await office.anna.captured(company_name="Acme")

    first = await note(office, lead_id, "champion")
    second = await note(office, lead_id, "economic_buyer")

    assert [answer.json()["state"] for answer in (first, second)] == ["open", "qualified"]
    assert (await office.said(lead_id))[2:] == [
        "lead.meddic_assessed.v1",
        "lead.meddic_assessed.v1",
        "lead.qualified.v1",
    ]


async def test_bant_has_the_same_history_whichever_way_it_is_written(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")
    await office.anna.send("PUT", f"/leads/{lead_id}/bant", {"need": YES})

    sheet = (await note(office, lead_id, "budget", framework="bant", claim="3M")).json()

    assert {each["criterion"] for each in sheet["notes"]} == {"need", "budget"}
    assert (sheet["bant"]["need"], sheet["bant_grade"], sheet["state"]) == (YES, "B", "qualified")


async def test_what_was_said_never_leaves_the_service(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")

    await note(office, lead_id, "champion", claim="top secret", said_by="王总")

    await office.world.settle()
    [said] = office.world.log.events("lead.meddic_assessed.v1")
    assert "secret" not in said.payload.decode()
    assert "王总" not in said.payload.decode()


async def test_a_criterion_belongs_to_its_framework(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")

    answer = await note(office, lead_id, "champion", framework="bant")

    assert answer.status_code == 422


async def test_evidence_is_shown_to_those_who_see_the_lead(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")

    assert (await office.dan.get(f"/leads/{lead_id}/evidence")).status_code == 404

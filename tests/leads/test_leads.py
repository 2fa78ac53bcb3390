"""Leads are listed, shown, masked and corrected, each to whom they concern."""

from uuid import UUID, uuid4

import pytest

from tests.leads import make
from tests.leads.office import Caller, Json, Office

MOBILE, MASKED = "13812341234", "138****1234"


async def ids(caller: Caller, **query: str) -> list[UUID]:
    """The leads somebody is shown, in their order."""
    answer = await caller.get("/leads", **query)
    assert answer.status_code == 200, answer.text
    return [UUID(item["id"]) for item in answer.json()["items"]]


async def give(office: Office, lead_id: UUID, to: Caller) -> None:
    """The lead is somebody's, as `opportunities` says."""
    await office.hear(make.assigned(lead_id, owner_id=to.id, unit_id=to.person.unit_id))


async def test_everybody_sees_what_is_theirs_and_leaders_what_is_below_them(office: Office):
    annas = await office.olga.captured(phone="13800000001")
    bens = await office.olga.captured(phone="13800000002")
    dans = await office.olga.captured(phone="13800000003")
    for lead_id, owner in ((annas, office.anna), (bens, office.ben), (dans, office.dan)):
        await give(office, lead_id, owner)

    shown = {
        name: set(await ids(getattr(office, name)))
        for name in ("anna", "ben", "chen", "dan", "olga")
    }

    assert shown == {
        "anna": {annas},
        "ben": {bens},
        "chen": {annas, bens},
        "dan": {dans},
        "olga": {annas, bens, dans},
    }


@pytest.mark.parametrize("path", ["", "/scores"], ids=["the lead", "its scores"])
async def test_what_is_outside_the_scope_is_not_there(office: Office, path: str):
    lead_id = await office.anna.captured(phone=MOBILE)

    assert (await office.dan.get(f"/leads/{lead_id}{path}")).status_code == 404
    assert (await office.dan.get(f"/leads/{uuid4()}{path}")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"name": "x"}),
        ("PUT", "/bant", {}),
        ("POST", "/disqualification", {"reason": "no_budget"}),
    ],
    ids=["correct", "assess", "give up"],
)
async def test_nobody_changes_what_is_outside_their_scope(
    office: Office, method: str, path: str, body: Json
):
    lead_id = await office.anna.captured(phone=MOBILE)

    answer = await office.dan.send(
        method, f"/leads/{lead_id}{path}", body, headers={"If-Match": "*"}
    )

    assert answer.status_code == 404


async def test_phone_and_mail_are_masked_for_everybody_but_the_owner(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE, mail="zhang@x.com")

    mine, theirs = await office.anna.lead(lead_id), await office.chen.lead(lead_id)
    [listed] = (await office.chen.get("/leads")).json()["items"]

    assert (mine["phone"], mine["mail"]) == (f"+86{MOBILE}", "zhang@x.com")
    for masked in (theirs, listed):
        assert (masked["phone"], masked["mail"], masked["masked"]) == (MASKED, "z***@x.com", True)


async def test_whoever_loses_a_lead_does_not_see_it_any_more(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE)

    await give(office, lead_id, office.ben)

    assert await ids(office.anna) == []
    assert (await office.ben.lead(lead_id))["masked"] is False


async def test_a_list_is_read_page_by_page_newest_first(office: Office):
    captured = [await office.olga.captured(phone=f"1380000000{digit}") for digit in range(5)]

    first = (await office.olga.get("/leads", limit=2)).json()
    second = (await office.olga.get("/leads", limit=2, cursor=first["next_cursor"])).json()
    third = (await office.olga.get("/leads", limit=2, cursor=second["next_cursor"])).json()

    read = [UUID(i["id"]) for page in (first, second, third) for i in page["items"]]
    assert read == captured[::-1]
    assert third["next_cursor"] is None


async def test_a_list_shows_what_is_asked_for(office: Office):
    search = await office.olga.captured(mail="zhang@x.com", source="baidu")
    await office.olga.captured(phone="13800000002", source="bing", company_name="Acme")

    assert await ids(office.olga, source="baidu") == [search]
    assert await ids(office.olga, state="qualified") == []
    assert await ids(office.olga, grade="C", channel="manual") == [search]
    assert await ids(office.olga, captured_from="2999-01-01T00:00:00Z") == []
    assert await ids(office.olga, owner_id=str(uuid4())) == []


async def test_a_lead_is_corrected_by_whoever_has_seen_it(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE)
    seen = (await office.anna.get(f"/leads/{lead_id}")).headers["ETag"]

    corrected = await office.anna.send(
        "PATCH", f"/leads/{lead_id}", {"company_name": "Acme"}, headers={"If-Match": seen}
    )
    again = await office.anna.send(
        "PATCH", f"/leads/{lead_id}", {"company_name": "Other"}, headers={"If-Match": seen}
    )

    assert (corrected.status_code, corrected.json()["company_name"]) == (200, "Acme")
    assert corrected.headers["ETag"] != seen
    assert again.status_code == 412
    assert (await office.said(lead_id))[2:] == ["lead.updated.v1", "lead.scored.v1"]


async def test_a_correction_without_having_seen_it_is_refused(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE)

    assert (await office.anna.send("PATCH", f"/leads/{lead_id}", {})).status_code == 428


async def test_a_correction_that_changes_nothing_says_nothing(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE, name="李雷")

    await office.anna.send(
        "PATCH", f"/leads/{lead_id}", {"name": "李雷"}, headers={"If-Match": "*"}
    )

    assert await office.said(lead_id) == ["lead.captured.v1", "lead.scored.v1"]


async def test_a_corrected_number_is_free_for_whoever_it_belongs_to(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE)
    await office.anna.send(
        "PATCH", f"/leads/{lead_id}", {"phone": "13900000000"}, headers={"If-Match": "*"}
    )

    assert await office.anna.captured(phone=MOBILE) != lead_id
    assert await office.anna.captured(phone="13900000000") == lead_id


async def test_a_number_that_another_lead_goes_by_is_refused(office: Office):
    await office.anna.captured(phone=MOBILE)
    other = await office.anna.captured(phone="13900000000")

    refused = await office.anna.send(
        "PATCH", f"/leads/{other}", {"phone": MOBILE}, headers={"If-Match": "*"}
    )

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/held-by-another-lead")
    assert (await office.anna.lead(other))["phone"] == "+8613900000000"


async def test_every_score_explains_itself(office: Office):
    lead_id = await office.anna.captured(phone=MOBILE, company_name="Acme")

    [latest] = (await office.anna.get(f"/leads/{lead_id}/scores")).json()

    assert sum(reason["points"] for reason in latest["reasons"]) == latest["score"]
    assert latest["rules_version"] == 1


async def test_a_correction_leaves_everything_else_as_it_was(office: Office):
    lead_id = await office.anna.captured(
        phone="010-62345678转801",
        company_name="\ufdfa" * 100,
        external={"system": "crm", "id": "7"},
        attributes={"total_visits": 3, "vip": True},
    )
    before = await office.anna.lead(lead_id)

    corrected = await office.anna.send(
        "PATCH", f"/leads/{lead_id}", {"notes": "回电"}, headers={"If-Match": "*"}
    )

    assert corrected.status_code == 200, corrected.text
    changed = {name for name, value in corrected.json().items() if value != before[name]}
    assert changed == {"notes", "sequence"}

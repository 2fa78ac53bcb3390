"""Duplicates are found behind what comes in; people decide, and can take it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.leads.domain.duplicates import Record, Subject
from services.leads.repository import party
from tests.leads import make
from tests.leads.office import Caller, Office

HENGDA: dict[str, Any] = {
    "name": "司徒景行",
    "company_name": "苏州恒达水务有限公司",
    "address": "星湖街328号",
    "channel": "website",
}


async def look(office: Office) -> None:
    """Let everything that was said be read."""
    await office.world.settle()
    await office.world.advance()


async def pairs(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    """The pairs that somebody sees."""
    answer = await caller.get("/duplicates", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def two(office: Office, **changes: Any) -> tuple[UUID, UUID]:
    """Two leads that look like one: the same name, company and house, another phone."""
    first = await office.olga.captured(**HENGDA, phone="0512-62881234")
    second = await office.olga.captured(**{**HENGDA, "phone": "0512-66660000", **changes})
    await look(office)
    return first, second


async def test_leads_that_look_like_one_are_put_side_by_side_with_reasons(office: Office):
    first, second = await two(office)

    [pair] = await pairs(office.olga)

    assert {pair["one"]["id"], pair["other"]["id"]} == {str(first), str(second)}
    assert pair["one"]["phone"] == "051****1234" or pair["other"]["phone"] == "051****1234"
    levels = {each["comparison"]: each["level"] for each in pair["findings"]}
    assert levels["name"] == levels["company"] == "same"
    assert levels["phone"] == "differs"
    assert pair["bits"] == pytest.approx(
        pair["prior"] + sum(each["bits"] for each in pair["findings"]), abs=0.02
    )


async def test_leads_that_have_little_in_common_are_not_asked_about(office: Office):
    await office.olga.captured(name="王伟", company_name="上海远东机械有限公司", channel="website")
    await office.olga.captured(name="王伟", company_name="广州华南食品有限公司", channel="website")

    await look(office)

    assert await pairs(office.olga) == []


async def test_leads_of_which_the_rules_are_certain_join_by_themselves(office: Office):
    await office.olga.captured(**HENGDA, phone="0512-62881234")
    await office.olga.captured(**HENGDA, phone="0512-62881234")

    await look(office)

    states = await office.rows("SELECT state FROM lead ORDER BY state")
    assert [row["state"] for row in states] == ["merged", "open"]
    assert await pairs(office.olga) == []


async def test_leads_of_two_owners_never_join_by_themselves(office: Office):
    first = await office.olga.captured(**HENGDA, phone="0512-62881234")
    second = await office.olga.captured(**HENGDA, phone="0512-62881234")
    await office.hear(
        make.assigned(first, owner_id=office.anna.id, unit_id=office.first.unit_id),
        make.assigned(second, owner_id=office.dan.id, unit_id=office.second.unit_id),
    )

    await look(office)

    assert len(await pairs(office.olga)) == 1


async def test_a_pair_is_shown_only_to_those_who_see_both(office: Office):
    first, second = await two(office)
    await office.hear(
        make.assigned(first, owner_id=office.anna.id, unit_id=office.first.unit_id),
        make.assigned(second, owner_id=office.dan.id, unit_id=office.second.unit_id),
    )
    [pair] = await pairs(office.olga)

    assert await pairs(office.anna) == []
    assert await pairs(office.chen) == []
    answer = await office.chen.send(
        "POST", f"/duplicates/{pair['id']}/decision", {"decision": "distinct"}
    )
    assert answer.status_code == 404


async def test_what_is_not_a_duplicate_is_never_asked_again(office: Office):
    first, _ = await two(office)
    [pair] = await pairs(office.olga)

    answer = await office.olga.send(
        "POST", f"/duplicates/{pair['id']}/decision", {"decision": "distinct", "why": "两兄弟"}
    )
    await office.olga.send(
        "PATCH", f"/leads/{first}", {"notes": "又来了"}, headers={"If-Match": "*"}
    )
    await look(office)

    assert answer.status_code == 204
    assert await pairs(office.olga) == []
    counts = (await office.olga.get("/duplicates/counts")).json()
    assert counts == {"open": 0, "later": 0, "merged": 0, "distinct": 1}


async def test_a_decision_for_later_can_still_be_made(office: Office):
    await two(office)
    [pair] = await pairs(office.olga)
    path = f"/duplicates/{pair['id']}/decision"

    assert (await office.olga.send("POST", path, {"decision": "later"})).status_code == 204
    assert await pairs(office.olga) == []
    assert len(await pairs(office.olga, state="later")) == 1
    assert (await office.olga.send("POST", path, {"decision": "merge"})).status_code == 204
    assert (await office.olga.send("POST", path, {"decision": "distinct"})).status_code == 409


async def test_pages_of_pairs_lead_to_each_other(office: Office):
    for number in ("62881111", "63992222", "67773333"):
        await office.olga.captured(**HENGDA, phone=f"0512-{number}")
    await look(office)

    first = (await office.olga.get("/duplicates", limit=2)).json()
    last = (await office.olga.get("/duplicates", limit=2, cursor=first["next_cursor"])).json()

    found = {pair["id"] for pair in first["items"] + last["items"]}
    assert len(found) == 3


async def test_a_preview_shows_both_and_changes_nothing(office: Office):
    first, second = await two(office, industry="水务")

    answer = await office.olga.send(
        "POST",
        f"/leads/{first}/merge",
        {"other_id": str(second), "take": ["phone"], "preview": True},
    )

    shown = {each["field"]: each for each in answer.json()["fields"]}
    assert answer.status_code == 200
    assert shown["phone"]["result"] == shown["phone"]["theirs"] != shown["phone"]["mine"]
    assert shown["industry"] == {
        "field": "industry",
        "mine": "",
        "theirs": "水务",
        "result": "水务",
    }
    assert (await office.olga.lead(second))["state"] == "open"


async def test_a_merged_lead_leads_to_the_one_that_goes_on(office: Office):
    first = await office.olga.captured(**HENGDA, phone="13800138000")
    second = await office.olga.captured(**{**HENGDA, "phone": "13900139000", "mail": "s@x.com"})

    answer = await office.olga.send("POST", f"/leads/{first}/merge", {"other_id": str(second)})
    again = await office.olga.captured(phone="13900139000", channel="phone")

    assert answer.status_code == 200, answer.text
    gone = await office.olga.lead(second)
    assert (gone["state"], gone["merged_into"]) == ("merged", str(first))
    assert again == first
    assert (await office.olga.lead(first))["mail"] == "s***@x.com"
    assert "lead.merged.v1" in await office.said(second)


async def test_unmerging_restores_both_after_further_edits(office: Office):
    first = await office.olga.captured(**HENGDA, phone="13800138000")
    second = await office.olga.captured(
        **{**HENGDA, "phone": "13900139000", "mail": "s@x.com", "industry": "水务"}
    )
    await office.olga.send(
        "POST", f"/leads/{first}/merge", {"other_id": str(second), "take": ["phone"]}
    )
    await office.olga.send(
        "PATCH", f"/leads/{first}", {"industry": "环保"}, headers={"If-Match": "*"}
    )

    answer = await office.olga.send("POST", f"/leads/{second}/unmerge", {"why": "看错了"})

    assert answer.status_code == 204, answer.text
    one, other = await office.olga.lead(first), await office.olga.lead(second)
    assert (one["phone"], one["mail"], one["industry"]) == ("138****8000", "", "环保")
    assert (other["state"], other["merged_into"]) == ("open", None)
    assert (other["phone"], other["mail"], other["industry"]) == (
        "139****9000",
        "s***@x.com",
        "水务",
    )
    assert await office.olga.captured(phone="13900139000", channel="phone") == second
    assert await office.olga.captured(phone="13800138000", channel="phone") == first


async def test_a_merge_that_was_taken_back_is_not_made_again_by_the_rules(office: Office):
    await office.olga.captured(**HENGDA, phone="0512-62881234")
    await office.olga.captured(**HENGDA, phone="0512-62881234")
    await look(office)
    [gone] = await office.rows("SELECT id FROM lead WHERE state = 'merged'")

    await office.olga.send("POST", f"/leads/{gone['id']}/unmerge", {})
    await look(office)

    assert await office.rows("SELECT id FROM lead WHERE state = 'merged'") == []


@pytest.mark.parametrize("repeat", [1, 2])
async def test_merging_again_is_answered_as_the_first_time(office: Office, repeat: int):
    first, second = await two(office)
    headers = {"Idempotency-Key": uuid4().hex}

    answers = [
        await office.olga.send(
            "POST", f"/leads/{first}/merge", {"other_id": str(second)}, headers=headers
        )
        for _ in range(repeat)
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len(await office.rows("SELECT id FROM merge")) == 1


async def test_the_lead_that_has_an_owner_goes_on(office: Office):
    first, second = await two(office)
    await office.hear(make.assigned(second, owner_id=office.anna.id, unit_id=office.first.unit_id))

    refused = await office.olga.send("POST", f"/leads/{first}/merge", {"other_id": str(second)})
    done = await office.olga.send("POST", f"/leads/{second}/merge", {"other_id": str(first)})

    assert refused.json()["type"] == "/problems/owner-would-be-lost"
    assert done.status_code == 200


async def test_somebody_elses_lead_cannot_be_merged(office: Office):
    first, second = await two(office)
    await office.hear(make.assigned(first, owner_id=office.anna.id, unit_id=office.first.unit_id))

    answer = await office.anna.send("POST", f"/leads/{first}/merge", {"other_id": str(second)})

    assert answer.status_code == 404


async def test_customers_become_one_and_two_again(office: Office):
    hengda = (await office.olga.send("POST", "/customers", {"name": "恒达水务有限公司"})).json()
    water = (
        await office.olga.send(
            "POST", "/customers", {"name": "苏州恒达水务有限公司", "region": "江苏"}
        )
    ).json()
    path = f"/customers/{hengda['id']}"

    merged = await office.olga.send("POST", f"{path}/merge", {"other_id": water["id"]})
    refused = await office.olga.send("POST", "/customers", {"name": "苏州恒达水务有限公司"})
    apart = await office.olga.send("POST", f"/customers/{water['id']}/unmerge", {})

    assert merged.status_code == 200, merged.text
    assert refused.json()["customer_id"] == hengda["id"]
    assert apart.status_code == 204, apart.text
    assert (await office.olga.get(path)).json()["region"] == ""
    named = await office.rows(
        "SELECT customer_id FROM customer_name WHERE company_key = '苏州恒达水务'"
    )
    assert [str(row["customer_id"]) for row in named] == [water["id"]]
    assert [said for said in await office.said(UUID(water["id"])) if "merged" in said] == [
        "customer.merged.v1",
        "customer.unmerged.v1",
    ]


async def test_a_look_for_duplicates_that_failed_is_made_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    async def unlucky(*_: object) -> dict[Subject, Record]:
        raise ValueError("what nobody has thought of")

    with monkeypatch.context() as failing:
        failing.setattr(party, "records", unlucky)
        await two(office)
    failed = await pairs(office.olga)

    await office.world.advance(timedelta(minutes=1))

    assert failed == []
    assert len(await pairs(office.olga)) == 1
    assert await office.rows("SELECT item FROM timer_backoff") == []

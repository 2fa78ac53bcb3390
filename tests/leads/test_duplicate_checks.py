"""查重 tells as much as policy lets it, and not a word more."""

from typing import Any

import pytest

from tests.leads import make
from tests.leads.office import Caller, Office
from tests.leads.test_duplicates import look

NOBODY = {
    "taken": "no",
    "team": None,
    "has_open_deal": None,
    "owner": None,
    "protected_until": None,
}
LEAD: dict[str, Any] = {
    "name": "司徒景行",
    "phone": "13800138000",
    "company_name": "苏州恒达水务有限公司",
    "channel": "website",
}


async def known(office: Office) -> None:
    """A lead of Dan's, in the second team."""
    lead_id = await office.olga.captured(**LEAD)
    await office.hear(make.assigned(lead_id, owner_id=office.dan.id, unit_id=office.second.unit_id))
    await look(office)


async def discloses(office: Office, **policy: Any) -> None:
    """Put a policy in force."""
    body = {"answers_after_ms": 0, **policy}
    draft = await office.olga.send(
        "POST", "/configurations/duplicate_checks", {"body": body, "why": "试"}
    )
    path = f"/configurations/duplicate_checks/{draft.json()['version']}/state"
    for state in ("checked", "activated"):
        assert (await office.olga.send("PUT", path, {"state": state})).status_code == 200


async def ask(caller: Caller, **asked: str) -> Any:
    """Ask whether somebody is taken."""
    answer = await caller.send("POST", "/duplicate-checks", asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"phone": "138 0013 8000"}, id="mobile"),
        pytest.param({"company_name": "苏州恒达水务有限责任公司"}, id="company"),
    ],
)
async def test_a_seller_learns_that_somebody_is_taken_and_by_which_team(
    office: Office, asked: dict[str, str]
):
    await known(office)

    answer = await ask(office.anna, **asked)

    assert answer == {**NOBODY, "taken": "yes", "team": "二队", "has_open_deal": False}


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        pytest.param("nothing", {"taken": "undisclosed"}, id="nothing"),
        pytest.param("taken", {"taken": "yes"}, id="taken"),
        pytest.param("team", {"taken": "yes", "team": "二队", "has_open_deal": False}, id="team"),
        pytest.param(
            "owner",
            {"taken": "yes", "team": "二队", "has_open_deal": False, "owner": "Dan"},
            id="owner",
        ),
    ],
)
async def test_how_much_is_told_is_policy(office: Office, policy: str, told: dict[str, str]):
    await known(office)
    await discloses(office, discloses=policy)

    assert await ask(office.anna, phone="13800138000") == {**NOBODY, **told}


async def test_where_nothing_is_told_known_and_unknown_are_answered_alike(office: Office):
    await known(office)
    await discloses(office, discloses="nothing")

    taken = await office.anna.send("POST", "/duplicate-checks", {"phone": "13800138000"})
    free = await office.anna.send("POST", "/duplicate-checks", {"phone": "13900139000"})

    assert (taken.status_code, taken.content) == (free.status_code, free.content)


async def test_another_branch_or_an_unknown_company_is_free(office: Office):
    await known(office)

    assert await ask(office.anna, company_name="广州华南食品有限公司") == NOBODY
    assert await ask(office.anna, phone="13900139000") == NOBODY


async def test_an_open_deal_of_the_customer_is_told_to_those_who_hear_of_teams(office: Office):
    await known(office)
    [lead] = await office.rows("SELECT id FROM lead")
    await office.dan.send(
        "POST",
        f"/leads/{lead['id']}/convert",
        {"deal": {"amount": "1000.00", "currency": "CNY"}},
    )
    [converted] = await office.rows("SELECT customer_id, opportunity_id FROM lead")
    await office.hear(
        make.opened(
            converted["opportunity_id"],
            customer_id=converted["customer_id"],
            owner_id=office.dan.id,
            unit_id=office.second.unit_id,
        )
    )

    answer = await ask(office.anna, company_name="苏州恒达水务有限公司")

    assert answer["has_open_deal"] is True


async def test_questions_are_counted_and_kept_without_what_was_asked(office: Office):
    await known(office)
    await discloses(office, per_day=2)

    await ask(office.anna, phone="13800138000")
    await ask(office.anna, phone="13800138001")
    refused = await office.anna.send("POST", "/duplicate-checks", {"phone": "13800138002"})
    others = await ask(office.ben, phone="13800138000")

    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/checks-used-up"
    assert others["taken"] == "yes"
    audited = await office.rows("SELECT after FROM audit WHERE action = 'duplicate.checked'")
    assert len(audited) == 3
    assert "13800138" not in str(audited)


async def test_what_cannot_be_read_is_named(office: Office):
    answer = await office.anna.send(
        "POST", "/duplicate-checks", {"phone": "12", "credit_code": "1"}
    )

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/phone", "/credit_code"]

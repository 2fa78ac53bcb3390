"""Evidence qualifies a lead, time cools it, and a reason ends it."""

from datetime import timedelta

from tests.leads.office import Json, Office

YES = {"evidence": "yes", "said_by": "王总", "said_on": "2026-03-02"}


async def activate(office: Office, kind: str, body: Json) -> None:
    """Put a new version of a policy in force, as two operators do."""
    draft = await office.olga.send(
        "POST", f"/configurations/{kind}", {"body": body, "why": "a test"}
    )
    assert draft.status_code == 201, draft.text
    for operator, state in ((office.olga, "checked"), (office.oskar, "activated")):
        moved = await operator.send(
            "PUT", f"/configurations/{kind}/{draft.json()['version']}/state", {"state": state}
        )
        assert moved.status_code == 200, moved.text


async def test_a_lead_is_qualified_when_the_evidence_is_good_enough(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")

    first = await office.anna.send("PUT", f"/leads/{lead_id}/bant", {"need": YES})
    second = await office.anna.send("PUT", f"/leads/{lead_id}/bant", {"need": YES, "budget": YES})

    assert [(a.json()["state"], a.json()["bant_grade"]) for a in (first, second)] == [
        ("open", "C"),
        ("qualified", "B"),
    ]
    assert (await office.said(lead_id))[2:] == [
        "lead.assessed.v1",
        "lead.assessed.v1",
        "lead.qualified.v1",
    ]
    assert (await office.anna.lead(lead_id))["bant"]["need"] == YES


async def test_the_policy_says_what_is_good_enough(office: Office):
    await activate(office, "qualification", {"threshold": "A"})
    lead_id = await office.anna.captured(company_name="Acme")

    answer = await office.anna.send("PUT", f"/leads/{lead_id}/bant", {"need": YES, "budget": YES})

    assert answer.json()["state"] == "open"


async def test_a_qualified_lead_converts_itself_where_policy_says_so(office: Office):
    await activate(
        office, "conversion", {"default": {"trigger": "qualified", "opportunity": "always"}}
    )
    lead_id = await office.anna.captured(company_name="Acme")
    early = await office.anna.send("POST", f"/leads/{lead_id}/convert", {})

    answer = await office.anna.send("PUT", f"/leads/{lead_id}/bant", {"need": YES, "budget": YES})

    assert early.json()["type"] == "/problems/not-qualified-yet"
    assert answer.json()["state"] == "converted"
    assert answer.json()["opportunity_id"] is not None
    assert (await office.said(lead_id))[-2:] == ["lead.qualified.v1", "lead.converted.v1"]


async def test_a_lead_that_is_given_up_stays_given_up(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")
    path = f"/leads/{lead_id}/disqualification"

    first = await office.anna.send("POST", path, {"reason": "no_budget"})
    again = await office.anna.send("POST", path, {"reason": "no_budget"})

    assert (first.status_code, first.json()["disqualified_for"]) == (201, "no_budget")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/lead-is-over")
    assert (await office.said(lead_id))[-1] == "lead.disqualified.v1"


async def test_a_grade_cools_with_time_and_says_so(office: Office):
    lead_id = await office.anna.captured(
        company_name="Acme", phone="13812341234", attributes={"total_visits": 9}
    )
    assert (await office.anna.lead(lead_id))["grade"] == "A"

    await office.world.advance(timedelta(days=365))

    cooled = await office.anna.lead(lead_id)
    assert (cooled["grade"], cooled["score_due_at"]) == ("B", None)
    scores = (await office.anna.get(f"/leads/{lead_id}/scores")).json()
    assert [score["grade"] for score in scores] == ["B", "A"]
    assert "decay" in {reason["rule"] for reason in scores[0]["reasons"]}


async def test_nothing_is_said_while_the_grade_stays(office: Office):
    lead_id = await office.anna.captured(company_name="Acme", phone="13812341234")
    before = await office.said(lead_id)

    await office.world.advance(timedelta(hours=1))

    assert await office.said(lead_id) == before


async def test_scores_name_the_rules_that_judged(office: Office):
    await activate(
        office,
        "scoring",
        {
            "rules": [{"name": "any", "group": "fit", "when": "true", "points": 50}],
            "thresholds": {"a": 50, "b": 10},
        },
    )

    lead_id = await office.anna.captured(company_name="Acme")

    [score] = (await office.anna.get(f"/leads/{lead_id}/scores")).json()
    assert (score["rules_version"], score["score"], score["grade"]) == (2, 50, "A")


async def test_rules_that_do_not_compile_are_refused_by_their_place(office: Office):
    rules = [
        {"name": "good", "group": "fit", "when": "has_mail", "points": 1},
        {"name": "bad", "group": "fit", "when": "has_mial", "points": 1},
    ]
    draft = await office.olga.send(
        "POST",
        "/configurations/scoring",
        {"body": {"rules": rules, "thresholds": {"a": 2, "b": 1}}, "why": "a test"},
    )

    refused = await office.olga.send(
        "PUT",
        f"/configurations/scoring/{draft.json()['version']}/state",
        {"state": "checked"},
    )

    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["pointer"] == "/rules/1/when"
    assert "has_mial" in error["reason"]


async def test_a_lead_that_was_given_up_can_be_opened_again(office: Office):
    lead_id = await office.anna.captured(company_name="Acme")
    await office.anna.send("POST", f"/leads/{lead_id}/disqualification", {"reason": "no_budget"})

    back = await office.anna.send("POST", f"/leads/{lead_id}/reopening", {"reason": "came_again"})

    [kept] = (await office.anna.get(f"/leads/{lead_id}/returns")).json()
    assert back.status_code == 201, back.text
    assert (back.json()["state"], back.json()["disqualified_for"]) == ("open", "")
    assert (kept["ended_for"], kept["reopened_for"]) == ("no_budget", "came_again")
    assert (await office.said(lead_id))[-2:] == ["lead.disqualified.v1", "lead.reopened.v1"]
    again = await office.anna.send("POST", f"/leads/{lead_id}/reopening", {"reason": "x"})
    assert again.json()["type"] == "/problems/not-over"

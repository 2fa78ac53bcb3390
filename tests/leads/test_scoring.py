"""Scoring rules: why a score is what it is, rules that are tried, consented to, and take over."""

from typing import Any

from tests.leads.office import Json, Office
from tests.leads.test_qualification import activate


def rules(**points: float) -> Json:
    """Rules that give so many points for each source."""
    return {
        "rules": [
            {"name": name, "group": "fit", "when": f"source == '{name}'", "points": given}
            for name, given in points.items()
        ],
        "thresholds": {"a": 50, "b": 20},
    }


async def draft(office: Office, body: Json) -> int:
    """Write rules, not yet in force."""
    written = await office.olga.send(
        "POST", "/configurations/scoring", {"body": body, "why": "a test"}
    )
    assert written.status_code == 201, written.text
    return written.json()["version"]


async def test_a_lead_answers_why_it_has_its_score(office: Office):
    await activate(office, "scoring", rules(fair=80, web=5))
    lead_id = await office.anna.captured(name="李雷", source="fair")

    why = (await office.anna.get(f"/leads/{lead_id}/score")).json()

    assert (why["score"], why["grade"], why["rules_version"]) == (60, "A", 2)
    assert why["rules"] == [{"rule": "fair", "group": "fit", "points": 80, "counted": 60}]
    assert why["fit"] == {"points": 80, "cap": 60, "within_cap": 60, "counted": 60}


async def test_the_answer_is_for_those_who_see_the_lead(office: Office):
    lead_id = await office.anna.captured(name="李雷")

    assert (await office.dan.get(f"/leads/{lead_id}/score")).status_code == 404


async def test_rules_are_tried_on_the_leads_that_are_here(office: Office):
    await activate(office, "scoring", rules(fair=60))
    lead_id = await office.anna.captured(name="李雷", company_name="Acme", source="web")
    await office.anna.captured(name="韩梅梅", source="fair")
    version = await draft(office, rules(web=60))

    answer = await office.olga.send("POST", f"/configurations/scoring/{version}/dry-run", {})

    tried = answer.json()
    assert answer.status_code == 200, answer.text
    assert (tried["leads"], tried["moved"], tried["moves"]) == (2, 2, {"A→C": 1, "C→A": 1})
    assert str(lead_id) in {mover["lead_id"] for mover in tried["who"]}
    assert (await office.anna.lead(lead_id))["grade"] == "C"


async def test_rules_that_do_not_compile_cannot_be_tried(office: Office):
    version = await draft(
        office,
        {
            "rules": [{"name": "bad", "group": "fit", "when": "nothing", "points": 1}],
            "thresholds": {"a": 2, "b": 1},
        },
    )

    answer = await office.olga.send("POST", f"/configurations/scoring/{version}/dry-run", {})

    assert answer.json()["type"] == "/problems/rules-do-not-compile"


async def test_who_wrote_rules_cannot_put_them_in_force_alone(office: Office):
    version = await draft(office, rules(fair=60))
    path = f"/configurations/scoring/{version}/state"
    await office.olga.send("PUT", path, {"state": "checked"})

    own = await office.olga.send("PUT", path, {"state": "activated"})
    other = await office.oskar.send("PUT", path, {"state": "activated"})

    assert own.json()["type"] == "/problems/second-person-needed"
    assert other.status_code == 200


async def test_new_rules_judge_the_leads_that_are_worked_on(office: Office):
    await activate(office, "scoring", rules(fair=60))
    leads = [await office.anna.captured(name=f"{n}", source="web") for n in range(3)]
    given_up = await office.anna.captured(name="no", source="web")
    await office.anna.send("POST", f"/leads/{given_up}/disqualification", {"reason": "no_need"})
    await activate(office, "scoring", rules(web=60))
    before = (await office.olga.get("/scoring/rescoring")).json()

    await office.world.advance()

    after = (await office.olga.get("/scoring/rescoring")).json()
    assert before == {"version": 3, "leads": 3, "remaining": 3}
    assert after == {"version": 3, "leads": 3, "remaining": 0}
    assert {(await office.anna.lead(lead))["grade"] for lead in leads} == {"A"}
    assert (await office.anna.lead(given_up))["rules_version"] == 2
    assert (await office.said(leads[0]))[-1] == "lead.scored.v1"


async def test_the_history_shows_which_version_judged(office: Office):
    await activate(office, "scoring", rules(web=30))
    lead_id = await office.anna.captured(name="李雷", source="web")
    await activate(office, "scoring", rules(web=60))
    await office.world.advance()

    scores: list[dict[str, Any]] = (await office.anna.get(f"/leads/{lead_id}/scores")).json()

    assert [(each["rules_version"], each["grade"]) for each in scores] == [(3, "A"), (2, "B")]


async def test_rules_that_did_harm_are_rolled_back(office: Office):
    await activate(office, "scoring", rules(web=60))
    await activate(office, "scoring", rules(web=-60))
    lead_id = await office.anna.captured(name="李雷", source="web")

    undone = await office.olga.send(
        "POST", "/configurations/scoring/rollback", {"why": "nobody is called any more"}
    )
    await office.world.advance()

    lead = await office.anna.lead(lead_id)
    assert undone.status_code == 201
    assert (lead["grade"], lead["rules_version"]) == ("A", 4)

"""A score that is learned from closed leads: wanted, looked at, activated, watched."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.leads.office import Json, Office
from tests.leads.test_imports import HISTORY, sheet, take_in
from tests.leads.test_qualification import activate


def closed_leads(count: int) -> bytes:
    """Leads of another system: those that were recommended became customers, mostly."""
    chance = Random(7)  # noqa: S311
    rows: list[dict[str, Any]] = []
    for number in range(count):
        recommended = chance.random() < 0.4
        won = chance.random() < (0.8 if recommended else 0.2)
        rows.append(
            {
                "external_id": str(number),
                "source": "recommended" if recommended else "web",
                "outcome": "converted" if won else "not_converted",
                "attributes.tags": "closed" if won else "ringing",
            }
        )
    return sheet(*rows)


MAPPING = f"""{HISTORY}
columns:
  external_id: external_id
  source: source
  outcome: outcome
  attributes.tags: attributes.tags
"""


async def learn(office: Office) -> Json:
    """Have a score learned, and what became of it."""
    wanted = await office.olga.send("POST", "/scoring/trainings", {"why": "spring"})
    assert wanted.status_code == 202, wanted.text
    await office.world.advance()
    return (await office.olga.get(f"/scoring/trainings/{wanted.json()['id']}")).json()


async def put_in_force(office: Office, version: int) -> None:
    moved = await office.oskar.send(
        "PUT", f"/configurations/learned_score/{version}/state", {"state": "activated"}
    )
    assert moved.status_code == 200, moved.text


async def test_closed_leads_teach_a_score_that_waits_to_be_activated(office: Office):
    await activate(office, "learning", {"excluded": ["attributes.tags"]})
    await take_in(office, "leads", closed_leads(240), MAPPING)

    training = await learn(office)

    [line] = (await office.anna.get("/scoring/models")).json()
    assert (training["version"], training["problem"]) == (1, "")
    assert (line["state"], line["author_id"]) == ("checked", str(office.olga.id))
    assert line["auc"] > 0.7
    assert (await office.anna.get("/scoring/model")).json()["type"] == "/problems/nothing-learned"


async def test_a_lead_shows_the_learned_score_beside_that_of_the_rules(office: Office):
    await activate(office, "learning", {"excluded": ["attributes.tags"]})
    await take_in(office, "leads", closed_leads(240), MAPPING)
    lead_id = await office.anna.captured(name="李雷", source="recommended")
    before = await office.anna.lead(lead_id)

    await put_in_force(office, (await learn(office))["version"])

    learned = (await office.anna.lead(lead_id))["learned"]
    assert before["learned"] is None
    assert learned["probability"] > 0.5
    assert (learned["model_version"], learned["cold_start"]) == (1, False)
    assert learned["factors"][0]["feature"] == "source"
    assert learned["factors"][0]["value"] == "recommended"


async def test_the_card_names_what_knows_the_outcome(office: Office):
    await take_in(office, "leads", closed_leads(240), MAPPING)

    await put_in_force(office, (await learn(office))["version"])

    card = (await office.anna.get("/scoring/model")).json()["card"]
    assert [one["feature"] for one in card["suspicions"]] == ["attributes.tags"]
    assert sum(tenth["leads"] for tenth in card["held_out"]["deciles"]) == card["held_out"]["leads"]


async def test_without_closed_leads_nothing_is_learned(office: Office):
    await office.anna.captured(name="李雷")

    training = await learn(office)

    assert training["version"] is None
    assert training["problem"] == "No lead has come to an end yet"


async def test_it_learns_by_itself_every_week(office: Office):
    await take_in(office, "leads", closed_leads(40), MAPPING)

    await office.world.advance(timedelta(days=6))
    early = (await office.anna.get("/scoring/models")).json()
    await office.world.advance(timedelta(days=2))

    assert early == []
    [line] = (await office.anna.get("/scoring/models")).json()
    assert (line["author_id"], line["why"]) == (None, "As scheduled")
    assert len(await office.rows("SELECT FROM training WHERE finished_at IS NULL")) == 1


async def test_leads_unlike_those_learned_from_are_an_alarm(office: Office):
    await activate(office, "learning", {"excluded": ["attributes.tags"], "recent_days": 2})
    await take_in(office, "leads", closed_leads(240), MAPPING)
    await put_in_force(office, (await learn(office))["version"])
    await office.world.advance(timedelta(days=3))
    for number in range(5):
        await office.anna.captured(name=f"新 {number}", source="fair")

    await office.world.advance(timedelta(days=1))

    drift = (await office.anna.get("/scoring/model")).json()["drift"]
    assert drift["leads"] == 5
    assert "source" in drift["beyond"]


async def test_an_alarm_is_announced_once_and_not_every_day(office: Office):
    await activate(office, "learning", {"excluded": ["attributes.tags"], "recent_days": 9})
    await take_in(office, "leads", closed_leads(240), MAPPING)
    await put_in_force(office, (await learn(office))["version"])
    await office.world.advance(timedelta(days=10))
    for number in range(5):
        await office.anna.captured(name=f"新 {number}", source="fair")

    for _ in range(3):
        await office.world.advance(timedelta(days=1))

    await office.world.settle()
    measured = await office.rows("SELECT FROM learned_drift WHERE body -> 'beyond' <> '[]'")
    [said] = office.world.log.events("learned_score.drifted.v1")
    assert len(measured) >= 3
    assert said.sequence == 1


async def test_lists_of_configurations_leave_out_what_they_say(office: Office):
    await take_in(office, "leads", closed_leads(240), MAPPING)
    await put_in_force(office, (await learn(office))["version"])

    in_force = (await office.anna.get("/configurations")).json()["items"]
    versions = (await office.anna.get("/configurations/learned_score")).json()["items"]
    one = (await office.anna.get("/configurations/learned_score/1")).json()

    assert "learned_score" in {line["kind"] for line in in_force}
    assert not any("body" in line for line in (*in_force, *versions))
    assert set(one["body"]) == {"model", "card", "profile"}


async def test_only_operators_have_a_score_learned(office: Office):
    answer = await office.anna.send("POST", "/scoring/trainings", {"why": "me too"})

    assert answer.status_code == 403


async def test_a_training_that_nobody_knows_is_not_found(office: Office):
    answer = await office.olga.get(f"/scoring/trainings/{UUID(int=1)}")

    assert answer.status_code == 404

"""An import is taken back: what it made goes, what it changed is as before, what was worked on stays."""

from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from shared.contracts.opportunities import ActivityLogged
from shared.ids import external_id
from shared.imports import engine
from tests.leads import make
from tests.leads.make import NOW
from tests.leads.office import Json, Office
from tests.leads.test_imports import counts, sheet, take_in
from tests.leads.test_tags import in_force, tags_of

LI = {"external_id": "1", "name": "李雷", "phone": "13812341234", "source": "baidu"}
HAN = {"external_id": "2", "name": "韩梅梅", "phone": "13900001111", "source": "bing"}
TAGS = {
    "tags": [{"name": "水务"}, {"name": "扩容", "kind": "need"}, {"name": "重点"}],
    "rules": [{"tag": "水务", "when": "industry == '水务'"}],
}
LI_ID, HAN_ID = (external_id("lead", "crm", number) for number in ("1", "2"))


async def undo(office: Office, run: Json, **query: str) -> Json:
    """Undo an import, and what became of it."""
    path = f"/imports/{run['id']}/undo"
    asked = await office.olga.send("POST", path + ("?dry_run=true" if query else ""))
    assert asked.status_code == 202, asked.text
    await office.world.advance()
    done = (await office.olga.get(asked.headers["Location"])).json()
    assert done["state"] == "done", done
    return done


def undone(run: Json) -> dict[str, int]:
    effects = ("withdrawn", "restored", "unchanged", "rejected")
    return {effect: run[effect] for effect in effects if run[effect]}


async def listed(office: Office) -> set[str]:
    return {line["id"] for line in (await office.olga.get("/leads")).json()["items"]}


async def called(office: Office, lead_id: UUID) -> None:
    """A seller called the lead."""
    await office.hear(
        ActivityLogged(
            activity_id=uuid4(),
            subject_kind="lead",
            subject_id=lead_id,
            kind="call",
            done_by=office.anna.id,
            unit_id=make.UNIT,
            done_at=NOW,
        )
    )


async def test_leads_that_a_file_made_are_withdrawn_with_it(office: Office):
    run = await take_in(office, "leads", sheet(LI, HAN))

    taken_back = await undo(office, run)

    assert undone(taken_back) == {"withdrawn": 2}
    assert taken_back["undoes"] == run["id"]
    assert await listed(office) == set()
    assert (await office.olga.lead(LI_ID))["state"] == "withdrawn"
    assert (await office.said(LI_ID))[-1] == "lead.disqualified.v1"


async def test_a_lead_that_somebody_worked_on_stays_and_is_named(office: Office):
    run = await take_in(office, "leads", sheet(LI, HAN))
    await called(office, HAN_ID)

    taken_back = await undo(office, run)

    assert undone(taken_back) == {"withdrawn": 1, "rejected": 1}
    assert await listed(office) == {str(HAN_ID)}
    named = (await office.olga.get(f"/imports/{taken_back['id']}/errors")).text
    assert "somebody has worked on it since" in named
    assert "韩梅梅" in named


async def test_a_lead_that_a_file_corrected_is_as_it_was_before(office: Office):
    await take_in(office, "leads", sheet(LI, HAN))
    corrected = {**LI, "source": "weibo", "phone": "13700002222"}
    run = await take_in(office, "leads", sheet(corrected))

    taken_back = await undo(office, run)

    lead = await office.olga.lead(LI_ID)
    assert undone(taken_back) == {"restored": 1}
    assert (lead["state"], lead["source"], lead["phone"]) == ("open", "baidu", "138****1234")
    assert await office.olga.captured(phone="13700002222") != LI_ID
    assert await office.olga.captured(phone="13812341234") == LI_ID


async def test_a_correction_that_somebody_has_corrected_again_stays(office: Office):
    await take_in(office, "leads", sheet(LI))
    run = await take_in(office, "leads", sheet({**LI, "source": "weibo"}))
    await take_in(office, "leads", sheet({**LI, "source": "zhihu"}))

    taken_back = await undo(office, run)

    assert undone(taken_back) == {"rejected": 1}
    assert (await office.olga.lead(LI_ID))["source"] == "zhihu"


async def test_a_lead_that_a_file_only_completed_forgets_what_the_file_said(office: Office):
    known = await office.olga.captured(phone="13812341234")
    run = await take_in(office, "leads", sheet(LI))

    taken_back = await undo(office, run)

    lead = await office.olga.lead(known)
    assert undone(taken_back) == {"restored": 1}
    assert (lead["name"], lead["external"], lead["touches"]) == ("", None, 2)
    assert counts(await take_in(office, "leads", sheet(LI))) == {"duplicate": 1}


async def test_undone_twice_is_undone_once(office: Office):
    run = await take_in(office, "leads", sheet(LI))
    first = await undo(office, run)
    said = await office.said()

    second = await undo(office, run)

    assert second["id"] == first["id"]
    assert await office.said() == said


async def test_a_rehearsal_of_an_undoing_counts_and_changes_nothing(office: Office):
    run = await take_in(office, "leads", sheet(LI, HAN))

    rehearsed = await undo(office, run, dry_run="true")

    assert undone(rehearsed) == {"withdrawn": 2}
    assert len(await listed(office)) == 2
    assert undone(await undo(office, run)) == {"withdrawn": 2}


async def test_the_same_file_again_brings_its_leads_back(office: Office):
    twin = {**LI, "external_id": "3"}
    run = await take_in(office, "leads", sheet(LI, HAN, twin))
    await undo(office, run)

    again = await take_in(office, "leads", sheet(LI, HAN, twin))

    assert counts(run) == counts(again) == {"created": 2, "duplicate": 1}
    lead = await office.olga.lead(LI_ID)
    assert (lead["state"], lead["source"], lead["disqualified_for"]) == ("open", "baidu", "")
    assert undone(await undo(office, again)) == {"withdrawn": 2, "unchanged": 1}


async def test_a_lead_that_is_back_is_found_by_what_it_goes_by(office: Office):
    await undo(office, await take_in(office, "leads", sheet(LI)))
    await take_in(office, "leads", sheet(LI))

    assert await office.olga.captured(phone="13812341234") == LI_ID


async def test_somebody_who_comes_after_the_undoing_is_a_new_lead(office: Office):
    run = await take_in(office, "leads", sheet(LI))
    await undo(office, run)

    assert await office.olga.captured(phone="13812341234") != LI_ID


async def test_undoing_two_imports_backwards_leaves_nothing(office: Office):
    first = await take_in(office, "leads", sheet(LI))
    second = await take_in(office, "leads", sheet({**LI, "source": "weibo"}))

    assert undone(await undo(office, second)) == {"restored": 1}
    assert undone(await undo(office, first)) == {"withdrawn": 1}


async def test_history_that_was_closed_by_its_file_goes_with_it(office: Office):
    mapping = "kind: leads\nsystem: crm\nhistory: true\n"
    file = sheet({**LI, "outcome": "converted", "captured_at": "2017-03-01"})
    run = await take_in(office, "leads", file, mapping)

    assert undone(await undo(office, run)) == {"withdrawn": 1}
    assert counts(await take_in(office, "leads", file, mapping)) == {"created": 1}
    lead = await office.olga.lead(LI_ID)
    assert (lead["state"], lead["outcome"]) == ("closed", "converted")


async def test_rows_that_were_never_taken_in_are_not_named_again(office: Office):
    run = await take_in(office, "leads", sheet(LI, {**HAN, "external_id": ""}))

    assert undone(await undo(office, run)) == {"withdrawn": 1, "unchanged": 1}


async def test_an_undoing_goes_on_where_it_was_when_its_process_died(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    rows = [{"external_id": str(number), "name": "李雷"} for number in range(2500)]
    run = await take_in(office, "leads", sheet(*rows))
    monkeypatch.setattr(engine, "WORK_FOR", 0.0)
    asked = await office.olga.send("POST", f"/imports/{run['id']}/undo")
    commits = 0

    async def die(_name: str) -> None:
        nonlocal commits
        commits += 1
        if commits == 2:
            raise ConnectionResetError

    monkeypatch.setattr(engine, "failpoint", die)
    with suppress(ConnectionResetError):
        await office.world.advance()
    await office.world.advance()

    done = (await office.olga.get(asked.headers["Location"])).json()
    assert (done["state"], done["withdrawn"], done["unchanged"]) == ("done", 2500, 0)
    withdrawn = await office.rows("SELECT count(*) AS n FROM lead WHERE state = 'withdrawn'")
    assert withdrawn == [{"n": 2500}]
    assert (await office.said(external_id("lead", "crm", "7"))).count("lead.disqualified.v1") == 1


async def test_a_reopening_by_hand_is_refused(office: Office):
    run = await take_in(office, "leads", sheet(LI))
    await undo(office, run)

    refused = await office.olga.send("POST", f"/leads/{LI_ID}/reopening", {"reason": "doch"})

    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/withdrawn-with-its-import")


async def test_a_rehearsal_has_nothing_to_undo(office: Office):
    sent = await office.olga.send(
        "POST",
        "/imports/leads?dry_run=true",
        content=sheet({"external_id": "1", "name": "Acme"}),
        headers={"Content-Type": "application/octet-stream"},
    )
    await office.world.advance()

    refused = await office.olga.send("POST", f"/imports/{sent.json()['id']}/undo")

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/nothing-to-undo"


async def test_after_a_week_nothing_is_undone(office: Office):
    run = await take_in(office, "leads", sheet(LI))
    async with office.database.tx() as tx:
        await tx.execute("UPDATE import_run SET finished_at = finished_at - interval '8 days'")

    refused = await office.olga.send("POST", f"/imports/{run['id']}/undo")

    assert refused.json()["type"] == "/problems/too-late-to-undo"
    assert "7 days" in refused.json()["detail"]


async def test_tags_that_a_file_put_on_go_with_it_unless_somebody_decided_since(office: Office):
    await in_force(office, TAGS)
    told = {name: value for name, value in LI.items() if name != "external_id"}
    await office.olga.captured(**told, external={"system": "crm", "id": "1"})
    run = await take_in(office, "leads", sheet({**LI, "tags": "水务、扩容、重点"}))
    await office.olga.send("PUT", f"/leads/{LI_ID}/tags/扩容")
    await office.olga.send("DELETE", f"/leads/{LI_ID}/tags/重点")

    taken_back = await undo(office, run)

    assert undone(taken_back) == {"restored": 1}
    assert await tags_of(office, LI_ID) == ["扩容"]


async def test_a_tag_that_a_rule_wants_too_stays_when_its_file_is_undone(office: Office):
    await in_force(office, TAGS)
    await take_in(office, "leads", sheet({**LI, "industry": "水务"}))
    run = await take_in(office, "leads", sheet({**LI, "industry": "水务", "tags": "水务、扩容"}))

    await undo(office, run)

    assert await tags_of(office, LI_ID) == ["水务"]
    again = await take_in(office, "leads", sheet({**LI, "industry": "水务", "tags": "水务、扩容"}))
    assert again["state"] == "done"
    assert await tags_of(office, LI_ID) == ["扩容", "水务"]

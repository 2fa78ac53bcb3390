"""Tags over HTTP: by rules that are configuration, by hand, from files; lists are filtered by them."""

from uuid import UUID

from tests.leads.office import Json, Office

RULES = {
    "tags": [{"name": "水务"}, {"name": "扩容", "kind": "need"}],
    "rules": [{"tag": "水务", "when": "industry == '水务'"}],
}


async def drafted(office: Office, body: Json) -> int:
    """A draft of tags."""
    draft = await office.olga.send(
        "POST", "/configurations/tags", {"body": body, "why": "We sell to waterworks"}
    )
    assert draft.status_code == 201, draft.text
    return draft.json()["version"]


async def in_force(office: Office, body: Json) -> None:
    """Put tags in force, and let them go through the leads that are here."""
    version = await drafted(office, body)
    for state in ("checked", "activated"):
        moved = await office.olga.send(
            "PUT", f"/configurations/tags/{version}/state", {"state": state}
        )
        assert moved.status_code == 200, moved.text
    await office.world.advance()


async def tags_of(office: Office, lead_id: UUID) -> list[str]:
    return (await office.olga.lead(lead_id))["tags"]


async def test_a_rule_tags_leads_that_come_in_and_those_that_are_here(office: Office):
    here = await office.olga.captured(name="李雷", industry="水务")
    await in_force(office, RULES)

    new = await office.olga.captured(name="韩梅梅", industry="水务")
    other = await office.olga.captured(name="小明", industry="食品")
    await office.world.advance()

    found = (await office.olga.get("/leads", tag="水务")).json()["items"]
    assert {line["id"] for line in found} == {str(here), str(new)}
    assert await tags_of(office, other) == []
    assert (await office.said(new)).count("lead.tagged.v1") == 1


async def test_a_tag_that_was_taken_off_by_hand_is_not_put_back(office: Office):
    await in_force(office, RULES)
    lead_id = await office.olga.captured(name="李雷", phone="13812341234", industry="水务")
    await office.world.advance()

    taken = await office.olga.send("DELETE", f"/leads/{lead_id}/tags/水务")
    await office.olga.captured(phone="13812341234", notes="again")
    await office.world.advance()
    await in_force(office, {**RULES, "rules": [{"tag": "水务", "when": "true"}]})

    assert taken.status_code == 200, taken.text
    assert await tags_of(office, lead_id) == []
    [held] = (await office.olga.get(f"/leads/{lead_id}/tags")).json()
    assert (held["is_on"], held["by_hand"], held["set_by"]) == (False, True, str(office.olga.id))


async def test_rules_that_are_gone_take_their_tags_with_them_and_leave_those_of_hands(
    office: Office,
):
    await in_force(office, RULES)
    lead_id = await office.olga.captured(name="李雷", industry="水务")
    await office.world.advance()
    await office.olga.send("PUT", f"/leads/{lead_id}/tags/扩容")

    await in_force(office, {**RULES, "rules": []})

    assert await tags_of(office, lead_id) == ["扩容"]


async def test_a_need_is_from_the_vocabulary_and_says_who_noted_it(office: Office):
    await in_force(office, RULES)
    lead_id = await office.olga.captured(name="李雷")

    unknown = await office.olga.send("PUT", f"/leads/{lead_id}/tags/潜水")
    noted = await office.olga.send("PUT", f"/leads/{lead_id}/tags/扩容")

    assert unknown.json()["type"] == "/problems/no-such-tag"
    [tag] = noted.json()
    assert (tag["kind"], tag["set_by"]) == ("need", str(office.olga.id))
    rows = await office.rows("SELECT action FROM audit WHERE action = 'lead.tagged'")
    assert len(rows) == 1


async def test_tags_are_tried_before_they_are_in_force(office: Office):
    lead_id = await office.olga.captured(name="李雷", industry="水务")
    version = await drafted(office, RULES)

    tried = await office.olga.send("POST", f"/configurations/tags/{version}/dry-run", {})

    assert tried.status_code == 200, tried.text
    assert tried.json()["tags"] == [
        {"tag": "水务", "before": 0, "after": 1, "gained": 1, "lost": 0}
    ]
    assert tried.json()["who"][0]["lead_id"] == str(lead_id)
    assert await tags_of(office, lead_id) == []


async def test_whoever_may_not_see_a_lead_does_not_tag_it(office: Office):
    await in_force(office, RULES)
    lead_id = await office.olga.captured(name="李雷")

    refused = await office.dan.send("PUT", f"/leads/{lead_id}/tags/扩容")
    unseen = await office.dan.get(f"/leads/{lead_id}/tags")

    assert (refused.status_code, unseen.status_code) == (404, 404)


async def test_what_people_put_on_a_merged_lead_is_on_the_one_that_goes_on(office: Office):
    await in_force(office, RULES)
    one = await office.olga.captured(name="李雷", phone="13812341234")
    other = await office.olga.captured(name="李雷", phone="13900001111")
    await office.olga.send("PUT", f"/leads/{other}/tags/扩容")

    merged = await office.olga.send("POST", f"/leads/{one}/merge", {"other_id": str(other)})
    assert merged.status_code == 200, merged.text
    await office.world.settle()
    await office.world.advance()
    together = await tags_of(office, one)
    await office.olga.send("POST", f"/leads/{other}/unmerge", {"why": "not the same"})
    await office.world.settle()
    await office.world.advance()

    assert together == ["扩容"]
    assert await tags_of(office, one) == []
    assert await tags_of(office, other) == ["扩容"]

from typing import Any
from uuid import UUID

import pytest

from services.opportunities.domain import usernames
from services.opportunities.domain.chart import Line, merge_person, merge_unit, name_taken, sketch
from services.opportunities.domain.person import Person
from services.opportunities.domain.unit import Unit
from shared.ids import external_id
from tests.opportunities.domain.owners import ROOT

MAVEN = {"seller": "Anna Snelling", "manager": "Dustin Brinkmann", "region": "Central"}


def line(**cells: Any) -> Line:
    """A row of the chart."""
    return Line(**{"details": {}, **cells})


def test_a_row_of_seller_manager_and_region_makes_a_region_a_team_and_two_people():
    drawn = sketch(line(**MAVEN), system="crm", top=ROOT)

    region, team = drawn.units
    manager, seller = drawn.people
    assert (region.kind, region.parent_id, region.regions) == ("region", ROOT, ("Central",))
    assert (team.kind, team.parent_id, team.name) == ("team", region.id, "Dustin Brinkmann")
    assert team.lead_person_id == manager.id == external_id("person", "crm", "Dustin Brinkmann")
    assert (manager.role, seller.role, seller.unit_id) == ("team_lead", "seller", team.id)
    assert drawn.about == seller.id == external_id("person", "crm", "Anna Snelling")


@pytest.mark.parametrize(
    ("cells", "kinds"),
    [
        ({"seller": "A"}, []),
        ({"region": "East"}, ["region"]),
        ({"legal_entity": "甲", "region": "East", "team": "T"}, ["legal_entity", "region", "team"]),
    ],
    ids=["only a seller", "only a region", "every level"],
)
def test_what_is_blank_is_left_out(cells: dict[str, str], kinds: list[str]):
    drawn = sketch(line(**cells), system="crm", top=ROOT)

    assert [unit.kind for unit in drawn.units] == kinds


def test_what_a_row_does_not_say_stays_as_it_is():
    [*_, seller] = sketch(line(**MAVEN), system="crm", top=ROOT).people
    known = Person(
        id=seller.id,
        username="anna",
        name="Anna Snelling",
        unit_id=ROOT,
        roles=("operator",),
        daily_cap=3,
    )

    merged = merge_person(known, seller, username="other")

    assert (merged.username, merged.daily_cap) == ("anna", 3)
    assert (merged.roles, merged.unit_id) == (("seller", "operator"), seller.unit_id)


def test_a_unit_keeps_the_regions_it_serves_beside_its_own():
    [region, _] = sketch(line(**MAVEN), system="crm", top=ROOT).units
    known = Unit(id=region.id, name="Central", kind="region", parent_id=ROOT, regions=("Midwest",))

    assert merge_unit(known, region).regions == ("Midwest", "Central")


def test_a_name_that_another_unit_bears_is_found():
    drawn = sketch(line(region="East"), system="crm", top=ROOT)

    assert name_taken(drawn.units, {(ROOT, "East"): UUID(int=9)}) == drawn.units[0]
    assert name_taken(drawn.units, {(ROOT, "East"): drawn.units[0].id}) is None


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Anna Snelling", "anna.snelling"),
        ("张伟", "zhangwei"),
        ("单小明", "shanxiaoming"),
        ("José  Núñez", "jose.nunez"),
        ("!!!", "user"),
    ],
)
def test_usernames_are_made_from_names(name: str, username: str):
    assert usernames.from_name(name) == username


def test_a_taken_username_gets_the_first_free_number():
    assert usernames.unused("anna", {"anna", "anna2"}) == "anna3"

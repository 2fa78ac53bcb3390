"""Who hears it."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from services.notifications import recipients
from services.notifications.recipients import Audience, Chart, Unit, UnitNotHeardOf
from tests.notifications import make

ENTERPRISE, REGION, TEAM = uuid4(), uuid4(), uuid4()
ANNA, BORIS, CHEN, DAO, EVE = (uuid4() for _ in range(5))


def chart(leads: Mapping[UUID, UUID] = {}, overseers: Mapping[UUID, frozenset[UUID]] = {}) -> Chart:
    """A team in a region in an enterprise, who leads each, and who oversees it."""
    return {
        unit_id: Unit(
            parent_id=parent_id,
            lead_id=leads.get(unit_id),
            overseers=overseers.get(unit_id, frozenset()),
        )
        for unit_id, parent_id in ((TEAM, REGION), (REGION, ENTERPRISE), (ENTERPRISE, None))
    }


@pytest.mark.parametrize(
    ("leads", "about", "heard_by"),
    [
        pytest.param({TEAM: ANNA, REGION: BORIS}, EVE, {ANNA}, id="the team's lead"),
        pytest.param({REGION: BORIS}, EVE, {BORIS}, id="the region's, when the team has none"),
        pytest.param({TEAM: EVE, REGION: BORIS}, EVE, {BORIS}, id="the next, when it is theirs"),
        pytest.param({TEAM: EVE}, EVE, set(), id="nobody, when there is nobody else"),
    ],
)
def test_the_nearest_lead_above_hears_it(leads: dict[UUID, UUID], about: UUID, heard_by: set[UUID]):
    audience = Audience(unit_id=TEAM, role="lead", besides=about)

    assert recipients.of_unit(audience, chart(leads)) == heard_by


def test_where_nobody_leads_those_who_oversee_hear_it():
    audience = Audience(unit_id=TEAM, role="lead")

    heard_by = recipients.of_unit(audience, chart(overseers={ENTERPRISE: frozenset({CHEN, DAO})}))

    assert heard_by == {CHEN, DAO}


def test_the_nearest_overseers_hear_of_what_nobody_was_given():
    audience = Audience(unit_id=TEAM, role="overseers")
    overseers = {REGION: frozenset({BORIS}), ENTERPRISE: frozenset({CHEN})}

    assert recipients.of_unit(audience, chart(overseers=overseers)) == {BORIS}


def test_a_unit_nobody_has_told_us_about_is_asked_for_again():
    with pytest.raises(UnitNotHeardOf):
        recipients.of_unit(Audience(unit_id=uuid4(), role="lead"), chart({TEAM: ANNA}))


def test_a_lead_below_an_unknown_unit_is_found():
    known = {TEAM: Unit(parent_id=uuid4(), lead_id=ANNA)}

    assert recipients.of_unit(Audience(unit_id=TEAM, role="lead"), known) == {ANNA}


def test_units_in_a_circle_end_the_search():
    circle = {TEAM: Unit(parent_id=REGION), REGION: Unit(parent_id=TEAM)}

    assert recipients.of_unit(Audience(unit_id=TEAM, role="lead"), circle) == frozenset()


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("routed", True),
        ("existing_owner", True),
        ("transferred", True),
        ("fallback", True),
        ("wanted", True),
        ("claimed", False),
        ("kept", False),
        ("imported", False),
    ],
)
def test_owners_are_told_of_what_they_did_not_do_themselves(reason: str, told: bool):
    owner = make.person("Anna", unit_id=TEAM)

    heard_by = recipients.of_assignment(make.assigned(owner, uuid4(), reason=reason))

    assert heard_by == ({owner.person_id} if told else set())


def test_history_is_told_to_nobody():
    owner = make.person("Anna", unit_id=TEAM)

    assert recipients.of_assignment(make.assigned(owner, uuid4(), history=True)) == frozenset()

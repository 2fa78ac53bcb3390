"""The directory's copy: in any order, however often, also in circles."""

import random
from uuid import UUID, uuid4

import pytest

from shared import access
from shared.contracts.opportunities import ClientDefined, PersonDefined, Role, UnitDefined
from shared.db import EVERYTHING, Database, Scope
from shared.principals import ROOT_UNIT, Principal
from shared.tokens import Claims

NORTH, SOUTH, TEAM, OTHER_TEAM = (uuid4() for _ in range(4))


def unit(unit_id: UUID, parent_id: UUID | None) -> UnitDefined:
    return UnitDefined(unit_id=unit_id, name="A unit", kind="team", parent_id=parent_id)


def person(
    *roles: Role, unit_id: UUID = TEAM, username: str = "anna", active: bool = True
) -> PersonDefined:
    return PersonDefined(
        person_id=uuid4(),
        username=username,
        name="Anna",
        unit_id=unit_id,
        roles=roles,
        active=active,
    )


TREE = (
    unit(ROOT_UNIT, None),
    unit(NORTH, ROOT_UNIT),
    unit(SOUTH, ROOT_UNIT),
    unit(TEAM, NORTH),
    unit(OTHER_TEAM, SOUTH),
)


async def define(leads: Database, *events: UnitDefined | PersonDefined | ClientDefined) -> None:
    async with leads.tx() as tx:
        await access.define(tx, events)


async def closure(leads: Database) -> set[tuple[UUID, UUID]]:
    async with leads.tx() as tx:
        rows = await tx.fetch("SELECT ancestor, unit FROM access_closure")
    return {(row["ancestor"], row["unit"]) for row in rows}


async def resolved(leads: Database, who: PersonDefined) -> Principal:
    await define(leads, who)
    async with leads.tx() as tx:
        found = await access.resolve(tx, Claims(kind="person", id=who.person_id))
    assert found is not None
    return found


EXPECTED = {
    (ROOT_UNIT, ROOT_UNIT),
    *((ROOT_UNIT, below) for below in (NORTH, SOUTH, TEAM, OTHER_TEAM)),
    *((each, each) for each in (NORTH, SOUTH, TEAM, OTHER_TEAM)),
    (NORTH, TEAM),
    (SOUTH, OTHER_TEAM),
}


@pytest.mark.parametrize("seed", range(5))
async def test_units_may_come_in_any_order_and_any_batches(leads: Database, seed: int):
    chance = random.Random(seed)  # noqa: S311
    events = chance.sample(TREE, len(TREE))
    while events:
        size = chance.randrange(1, 4)
        await define(leads, *events[:size])
        events = events[size:]

    assert await closure(leads) == EXPECTED


async def test_hearing_it_all_again_changes_nothing(leads: Database):
    await define(leads, *TREE)
    await define(leads, *TREE)

    assert await closure(leads) == EXPECTED


async def test_a_unit_that_moves_takes_what_is_below_it_along(leads: Database):
    await define(leads, *TREE)

    await define(leads, unit(NORTH, SOUTH))

    assert await closure(leads) == EXPECTED | {(SOUTH, NORTH), (SOUTH, TEAM)}


async def test_units_in_a_circle_end_and_heal(leads: Database):
    await define(leads, *TREE)

    await define(leads, unit(NORTH, TEAM))
    await define(leads, unit(NORTH, ROOT_UNIT))

    assert await closure(leads) == EXPECTED


async def test_a_unit_without_a_parent_is_below_the_root(leads: Database):
    await define(leads, unit(ROOT_UNIT, None), unit(NORTH, None))

    assert (ROOT_UNIT, NORTH) in await closure(leads)


@pytest.mark.parametrize(
    ("roles", "unit_id", "units", "everything"),
    [
        (("seller",), TEAM, set(), False),
        (("seller",), ROOT_UNIT, set(), False),
        (("team_lead",), TEAM, {TEAM}, False),
        (("seller", "manager"), NORTH, {NORTH, TEAM}, False),
        (("auditor",), SOUTH, {SOUTH, OTHER_TEAM}, False),
        (("operator",), ROOT_UNIT, {ROOT_UNIT, NORTH, SOUTH, TEAM, OTHER_TEAM}, True),
    ],
)
async def test_roles_and_the_tree_make_the_scope(
    leads: Database, roles: tuple[Role, ...], unit_id: UUID, units: set[UUID], everything: bool
):
    await define(leads, *TREE)

    found = await resolved(leads, person(*roles, unit_id=unit_id))

    assert set(found.scope.units) == units
    assert found.scope.everything is everything
    assert found.scope.person_id == found.id
    assert found.roles == frozenset(roles)


async def test_somebody_of_a_unit_not_heard_of_yet_sees_that_unit(leads: Database):
    found = await resolved(leads, person("manager", unit_id=TEAM))

    assert found.scope.units == (TEAM,)


async def test_whoever_has_left_is_nobody(leads: Database):
    gone = person("seller", active=False)
    await define(leads, gone)

    async with leads.tx() as tx:
        assert await access.resolve(tx, Claims(kind="person", id=gone.person_id)) is None


async def test_people_are_found_by_the_name_their_identity_provider_knows(leads: Database):
    anna = person("seller", username="Anna.Li")
    await define(leads, anna)

    async with leads.tx() as tx:
        found = await access.resolve(tx, Claims(kind="person", username="anna.LI"))

    assert found is not None
    assert found.id == anna.person_id


async def test_a_name_two_people_bear_opens_neither_account(leads: Database):
    await define(leads, person("seller"), person("operator"))

    async with leads.tx() as tx:
        assert await access.resolve(tx, Claims(kind="person", username="anna")) is None


async def test_claims_that_name_nobody_are_nobodys(leads: Database):
    await define(leads, person("operator"))

    async with leads.tx() as tx:
        assert await access.resolve(tx, Claims(kind="person")) is None


@pytest.mark.parametrize(
    ("active", "key_version", "valid"), [(True, 3, True), (True, 2, False), (False, 3, False)]
)
async def test_an_api_key_is_good_while_its_version_is_the_clients(
    leads: Database, active: bool, key_version: int, valid: bool
):
    client = ClientDefined(
        client_id=uuid4(),
        name="ERP",
        unit_id=ROOT_UNIT,
        roles=("integrator",),
        key_version=3,
        active=active,
    )
    await define(leads, *TREE, client)

    async with leads.tx() as tx:
        found = await access.resolve(
            tx, Claims(kind="client", id=client.client_id, key_version=key_version)
        )

    assert (found is not None) is valid
    if found is not None:
        assert found.kind == "client"
        assert found.scope.everything


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, True),
        (Scope(), False),
        (Scope(units=(TEAM,)), True),
        (Scope(units=(NORTH, SOUTH)), False),
        (Scope(units=(NORTH, TEAM, SOUTH)), True),
        (Scope(person_id=UUID(int=1)), True),
        (Scope(person_id=UUID(int=2)), False),
    ],
)
async def test_the_wall_shows_a_row_to_its_unit_and_its_owner(
    leads: Database, scope: Scope, seen: bool
):
    async with leads.tx(scope=scope) as tx:
        found = await tx.fetchval("SELECT shangji_sees($1, $2)", TEAM, UUID(int=1))

    assert (found is True) is seen


async def test_the_wall_hides_everything_from_a_transaction_that_did_not_say_whom_it_serves(
    leads: Database,
):
    async with leads._pool.acquire() as connection:
        assert await connection.fetchval("SELECT shangji_sees($1, $2)", TEAM, TEAM) is None

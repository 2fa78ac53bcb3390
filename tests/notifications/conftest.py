"""The service alone, and the people of a small enterprise."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from shared.contracts.opportunities import PersonDefined, UnitDefined
from shared.principals import ROOT_UNIT
from tests.notifications import make
from tests.notifications.desk import Desk, open_desk
from tests.support.world import open_world


@dataclass
class Staff:
    """One team in one enterprise: Anna and Ben sell, Chen leads them, Olga runs the place."""

    enterprise: UnitDefined
    team: UnitDefined
    anna: PersonDefined
    ben: PersonDefined
    chen: PersonDefined
    olga: PersonDefined


@pytest_asyncio.fixture
async def desk(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[Desk]:
    """The notifications service, which has heard of nobody yet."""
    async with (
        open_world(database, tmp_path, names=("notifications",)) as world,
        open_desk(world) as opened,
    ):
        yield opened


@pytest_asyncio.fixture
async def staff(desk: Desk) -> Staff:
    """Everybody, and the service has heard of them."""
    enterprise = make.unit("远东", unit_id=ROOT_UNIT, kind="enterprise")
    team = make.unit(parent_id=ROOT_UNIT)
    chen = make.person("Chen", unit_id=team.unit_id, roles=("team_lead",), language="en")
    people = Staff(
        enterprise=enterprise,
        team=team.model_copy(update={"lead_person_id": chen.person_id}),
        anna=make.person("Anna", unit_id=team.unit_id),
        ben=make.person("Ben", unit_id=team.unit_id),
        chen=chen,
        olga=make.person("Olga", unit_id=ROOT_UNIT, roles=("operator",)),
    )
    await desk.hear(
        people.enterprise, people.team, people.anna, people.ben, people.chen, people.olga
    )
    return people

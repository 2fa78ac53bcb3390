"""The service alone, and the people of a small enterprise."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from tests.leads import make
from tests.leads.office import Caller, Office
from tests.support.world import open_world


@pytest_asyncio.fixture
async def office(database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[Office]:
    """Two teams and an operator; the service has heard of everybody."""
    first, second = make.unit("一队"), make.unit("二队")
    async with open_world(database, tmp_path, names=("leads",)) as world:
        office = Office(
            world=world,
            first=first,
            second=second,
            anna=Caller(world, make.staff("Anna", unit_id=first.unit_id)),
            ben=Caller(world, make.staff("Ben", unit_id=first.unit_id)),
            chen=Caller(world, make.staff("Chen", unit_id=first.unit_id, role="team_lead")),
            dan=Caller(world, make.staff("Dan", unit_id=second.unit_id)),
            olga=Caller(world, make.staff("Olga", unit_id=make.UNIT, role="operator")),
            oskar=Caller(world, make.staff("Oskar", unit_id=make.UNIT, role="operator")),
        )
        callers = (
            *(office.anna, office.ben, office.chen, office.dan),
            *(office.olga, office.oskar),
        )
        enterprise = make.unit("远东", unit_id=make.UNIT, kind="enterprise")
        await office.hear(enterprise, first, second, *(caller.person for caller in callers))
        yield office

"""The first start: an enterprise, its pool and policies, and somebody who can look after it.

Nobody has a password yet: `shangji token operator` lets the first one in.
"""

from datetime import datetime

from services.opportunities.domain.definition import define
from services.opportunities.domain.person import Person
from services.opportunities.domain.pool import LEAD_POOL, LEAD_POOL_NAME, Pool
from services.opportunities.domain.unit import Unit
from services.opportunities.handlers import business_time, pipeline, policies
from services.opportunities.handlers.announce import announce
from services.opportunities.repository import person as people
from services.opportunities.repository import pool as pools
from services.opportunities.repository import unit as units
from shared.access import ROOT_UNIT
from shared.app import Resources
from shared.db import Tx
from shared.ids import external_id

FIRST_OPERATOR = external_id("person", "shangji", "operator")
ENTERPRISE = Unit(id=ROOT_UNIT, name="Enterprise", kind="enterprise", parent_id=None)
OPERATOR = Person(
    id=FIRST_OPERATOR,
    username="operator",
    name="Operator",
    unit_id=ROOT_UNIT,
    roles=("operator",),
)


async def on_start(resources: Resources) -> None:
    """Make sure that there is an enterprise; every process of the service may ask at once."""
    async with resources.database.tx() as tx:
        await found_enterprise(tx, now=tx.now)


async def found_enterprise(tx: Tx, *, now: datetime) -> None:
    """Found the enterprise, unless it is there."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('found enterprise'))")
    if await units.lock(tx, [ROOT_UNIT]):
        return
    unit, person = define(None, ENTERPRISE), define(None, OPERATOR)
    await units.save(tx, [unit[0]], now=now)
    await people.save(tx, [person[0]], now=now)
    await pools.open_all(tx, [Pool(id=LEAD_POOL, name=LEAD_POOL_NAME, unit_id=ROOT_UNIT)])
    await announce(tx, [unit, person], before={}, why="first start", now=now)
    await business_time.seed_calendar(tx)
    await policies.seed(tx)
    await pipeline.seed_standard(tx)

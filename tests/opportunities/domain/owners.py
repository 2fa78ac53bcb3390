"""Leads, sellers and rules for tests: name only what the test is about."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.opportunities.domain import batch, routing
from services.opportunities.domain.ownership import Owner, Ownership, vacant
from services.opportunities.domain.policies import RoutingBody, routing_rules
from services.opportunities.domain.pool import LEAD_POOL, Claimant, Pool, PoolPolicy
from services.opportunities.domain.routing import Choice, RoutingRules, Staff, Territory
from services.opportunities.domain.subjects import Routable
from services.opportunities.domain.turns import Candidate, Desk

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ROOT = UUID(int=1)
EAST = Territory(id=UUID(int=10), name="East One", regions=("华东",))
WEST = Territory(id=UUID(int=11), name="West One", regions=("西南", "西北"))
ANNA, BEN, CARA = UUID(int=101), UUID(int=102), UUID(int=103)
POOL = Pool(id=LEAD_POOL, name="leads", unit_id=ROOT)


def lead(number: int = 1, **changes: Any) -> Routable:
    """A lead from the east."""
    values: dict[str, Any] = {
        "kind": "lead",
        "subject_id": UUID(int=1000 + number),
        "unit_id": ROOT,
        "region": "华东",
    }
    return Routable(**values | changes)


def seller(person_id: UUID, **changes: Any) -> Candidate:
    """A seller of the east."""
    values: dict[str, Any] = {"person_id": person_id, "unit_id": EAST.id}
    return Candidate(**values | changes)


def rules(*listed: dict[str, Any], version: int = 1, **body: Any) -> RoutingRules:
    """Rules as they are configured; without any, everything goes by region."""
    by_region = {"name": "by region", "to": "by_region"}
    content = {"rules": listed or (by_region,), **body}
    return routing_rules(RoutingBody.model_validate(content), version=version)


def choose_all(
    leads: Sequence[Routable],
    sellers: Sequence[Candidate] = (),
    *,
    by: RoutingRules | None = None,
    desk: Desk | None = None,
    named: Sequence[Candidate] = (),
) -> list[Choice]:
    """One choice after the other, all sellers belonging to every team there is."""
    by, desk = by or rules(), desk or Desk()
    readings = [routing.read(subject, by, (EAST, WEST)) for subject in leads]
    staff = Staff(
        teams={team.key: sellers for reading in readings for team in reading.teams},
        named={person.person_id: person for person in named},
    )
    desk.plans = batch.plan(readings, staff=staff, desk=desk)
    return [routing.choose(reading, staff=staff, desk=desk) for reading in readings]


def ownership(**changes: Any) -> Ownership:
    """A lead that Anna has."""
    values: dict[str, Any] = {
        **vars(vacant("lead", UUID(int=1001), unit_id=EAST.id, now=NOW)),
        "owner_id": ANNA,
        "sequence": 1,
    }
    return Ownership(**values | changes)


def pooled(**changes: Any) -> Ownership:
    """A lead that waits in the pool."""
    values: dict[str, Any] = {"owner_id": None, "pool_id": LEAD_POOL, "unit_id": ROOT}
    return ownership(**values | changes)


def claimant(person_id: UUID = BEN, **changes: Any) -> Claimant:
    """Ben, who has nothing yet."""
    values: dict[str, Any] = {
        "owner": Owner(person_id=person_id, unit_id=EAST.id),
        "holds": 0,
        "taken_today": 0,
    }
    return Claimant(**values | changes)


def pool_policy(**changes: Any) -> PoolPolicy:
    """Ten leads in hand, five a day, three days of standing back."""
    values: dict[str, Any] = {
        "version": 1,
        "holding_cap": 10,
        "daily_cap": 5,
        "cool_down": timedelta(days=3),
        "respond_within": timedelta(hours=4),
    }
    return PoolPolicy(**values | changes)

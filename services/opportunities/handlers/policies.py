"""The versions of configuration that decisions go by."""

from collections.abc import Sequence

from services.opportunities.domain import policies
from services.opportunities.domain.collision import CollisionPolicy
from services.opportunities.domain.policies import (
    FIRST_ROUTING,
    CollisionBody,
    PoolBody,
)
from services.opportunities.domain.pool import LEAD_POOL, LEAD_POOL_NAME, PoolPolicy
from services.opportunities.domain.routing import RoutingRules, RuleSets
from shared import configuration
from shared.configuration import Configuration
from shared.db import Tx

ROUTING = "routing"
POOL = "pool"
COLLISIONS = "collisions"


async def routing(tx: Tx, *, name: str = "", version: int | None = None) -> RoutingRules:
    """The rule set in force, or as a version has it; without a name the one that is for all."""
    kind = f"{ROUTING}:{name}" if name else ROUTING
    found = await (
        configuration.version(tx, kind, version) if version else configuration.current(tx, kind)
    )
    return policies.rule_set(found.body, version=found.version, name=name)


async def rule_sets(tx: Tx) -> RuleSets:
    """All rule sets in force."""
    return await configuration.family_as(tx, ROUTING, rule_sets_of)


def rule_sets_of(found: Sequence[Configuration]) -> RuleSets:
    """Those of one's own by name, and at last the one that is for all."""
    known = [
        policies.rule_set(one.body, version=one.version, name=one.kind.partition(":")[2])
        for one in found
    ]
    return RuleSets(sets=tuple(sorted(known, key=lambda rules: (not rules.name, rules.name))))


async def pools(tx: Tx) -> Sequence[PoolPolicy]:
    """All pools: those of one's own by name, and at last the one that is for all leads."""
    return await configuration.family_as(tx, POOL, _pools)


async def collisions(tx: Tx) -> CollisionPolicy:
    """What meets what; the defaults as long as nobody has said otherwise."""
    return await configuration.family_as(tx, COLLISIONS, _collisions)


def _collisions(found: Sequence[Configuration]) -> CollisionPolicy:
    body = found[0].body if found else {}
    return policies.collision_policy(CollisionBody.model_validate(body))


def _pools(found: Sequence[Configuration]) -> Sequence[PoolPolicy]:
    known = [
        policies.pool_policy(
            PoolBody.model_validate(one.body),
            version=one.version,
            name=one.kind.partition(":")[2] or LEAD_POOL_NAME,
        )
        for one in found
    ]
    return sorted(known, key=lambda policy: (policy.pool.id == LEAD_POOL, policy.name))


async def seed(tx: Tx) -> None:
    """Give a new enterprise rules to start with."""
    first = (
        (ROUTING, FIRST_ROUTING, policies.check_routing),
        (POOL, PoolBody(), policies.check_first_pool),
    )
    for kind, body, checker in first:
        wanted = body.model_dump(mode="json")
        await configuration.seed(tx, kind, wanted, checker=checker, why="first start")

"""The versions of configuration that decisions go by."""

from collections.abc import Sequence

from services.opportunities.domain import policies
from services.opportunities.domain.collision import CollisionPolicy
from services.opportunities.domain.policies import (
    FIRST_ROUTING,
    CollisionBody,
    PoolBody,
    RoutingBody,
)
from services.opportunities.domain.pool import LEAD_POOL, LEAD_POOL_NAME, PoolPolicy
from services.opportunities.domain.routing import RoutingRules
from shared import configuration
from shared.configuration import Configuration
from shared.db import Tx

ROUTING = "routing"
POOL = "pool"
COLLISIONS = "collisions"


async def routing(tx: Tx, *, version: int | None = None) -> RoutingRules:
    """The rules in force, or those of a version that was."""
    found = await (
        configuration.version(tx, ROUTING, version)
        if version
        else configuration.current(tx, ROUTING)
    )
    return policies.routing_rules(RoutingBody.model_validate(found.body), version=found.version)


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

"""The versions of configuration that decisions go by."""

from services.opportunities.domain import policies
from services.opportunities.domain.policies import FIRST_ROUTING, PoolBody, RoutingBody
from services.opportunities.domain.pool import PoolPolicy
from services.opportunities.domain.routing import RoutingRules
from shared import configuration
from shared.db import Tx

ROUTING = "routing"
POOL = "pool"


async def routing(tx: Tx, *, version: int | None = None) -> RoutingRules:
    """The rules in force, or those of a version that was."""
    found = await (
        configuration.version(tx, ROUTING, version)
        if version
        else configuration.current(tx, ROUTING)
    )
    return policies.routing_rules(RoutingBody.model_validate(found.body), version=found.version)


async def pool(tx: Tx) -> PoolPolicy:
    """The rules of taking from the pool."""
    found = await configuration.current(tx, POOL)
    return policies.pool_policy(PoolBody.model_validate(found.body), version=found.version)


async def seed(tx: Tx) -> None:
    """Give a new enterprise rules to start with."""
    first = (
        (ROUTING, FIRST_ROUTING, policies.check_routing),
        (POOL, PoolBody(), PoolBody.model_validate),
    )
    for kind, body, checker in first:
        wanted = body.model_dump(mode="json")
        await configuration.seed(tx, kind, wanted, checker=checker, why="first start")

"""The versions of configuration that decisions go by."""

from services.opportunities.domain import policies
from services.opportunities.domain.policies import PoolBody, RoutingBody
from services.opportunities.domain.pool import PoolPolicy
from services.opportunities.domain.routing import RoutingRules
from shared import configuration
from shared.db import Tx

ROUTING = "routing"
POOL = "pool"


async def routing(tx: Tx, *, version: int | None = None) -> RoutingRules:
    """The rules in force, or those of a version that was."""
    found = await configuration.of(tx, ROUTING, version=version)
    return policies.routing_rules(RoutingBody.model_validate(found.body), version=found.version)


async def pool(tx: Tx) -> PoolPolicy:
    """The rules of taking from the pool."""
    found = await configuration.current(tx, POOL)
    return policies.pool_policy(PoolBody.model_validate(found.body), version=found.version)

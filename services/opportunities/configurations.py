"""What an operator may configure, and what looks at a draft before it can be activated."""

from services.opportunities.domain import pipeline, policies
from services.opportunities.domain.policies import CollisionBody, PoolBody
from services.opportunities.handlers.business_time import CALENDAR
from services.opportunities.handlers.pipeline import FAMILY
from services.opportunities.handlers.policies import COLLISIONS, POOL, ROUTING
from shared.calendar import Calendar
from shared.configuration import Checker

KINDS: dict[str, Checker] = {
    ROUTING: policies.check_routing,
    f"{ROUTING}:": policies.check_rule_set,
    POOL: policies.check_first_pool,
    f"{POOL}:": PoolBody.model_validate,
    COLLISIONS: CollisionBody.model_validate,
    CALENDAR: Calendar.model_validate,
    f"{CALENDAR}:": Calendar.model_validate,
    FAMILY: pipeline.parse,
}

"""How routing and pools are configured: the body of a version, checked before it can be activated."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.opportunities.domain.collision import CollisionPolicy
from services.opportunities.domain.person import MOST_SENIOR
from services.opportunities.domain.pool import LEAD_POOL_NAME, Filter, PoolPolicy, Recycling
from services.opportunities.domain.routing import (
    BY_REGION,
    OffHours,
    Otherwise,
    RoutingRules,
    Rule,
    Scope,
)
from services.opportunities.domain.turns import Strategy
from shared.principals import ROOT_UNIT
from shared.refusals import FieldError, Invalid
from shared.rules import Environment, InvalidExpression

LEAD = Environment(
    {
        "region": "string",
        "industry": "string",
        "source": "string",
        "origin": "string",
        "channel": "string",
        "campaign": "string",
        "company": "string",
        "product": "string",
        "score": "double",
        "grade": "string",
        "amount": "double",
    }
)
"""What a rule may ask of a lead; `product` is its code, `grade` A, B or C, `amount` that of a deal."""

Names = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=200)
]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 90)]


class RoutingWillNotDo(Invalid):
    """Some conditions of these rules cannot be understood.

    Correct what `errors` names.
    """


class PoolIsForAll(Invalid):
    """The configuration `pool` is the pool of all leads of the enterprise; it cannot be for some of them.

    Make a pool of your own: POST /configurations/pool:<name>.
    """


class Body(BaseModel):
    """Part of a configuration; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleBody(Body):
    """One rule: `to` is `by_region` or the name of a unit."""

    name: str = Field(min_length=1, max_length=100)
    when: str = Field(default="true", max_length=2000)
    to: str = Field(min_length=1, max_length=200)
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """What they must speak."""
    level: int = Field(default=0, ge=0, le=MOST_SENIOR)
    """The least that will do."""
    match_industry: bool = True
    match_product: bool = True
    strategy: Strategy = "turns"
    off_hours: OffHours = "assign"
    respond_within_minutes: Minutes | None = None
    """For what it gives; nothing for what the rule set says, and so below."""
    pass_on_within_minutes: Minutes | None = None


class OtherwiseBody(Body):
    """When no rule finds anybody: this person, else the pool, else the unassigned list."""

    fallback_owner_id: UUID | None = None
    to_pool: bool = True


class RoutingBody(Body):
    """Rules are tried from the first to the last."""

    rules: tuple[RuleBody, ...] = Field(max_length=500)
    otherwise: OtherwiseBody = OtherwiseBody()
    respond_within_minutes: Minutes = 240
    pass_on_within_minutes: Minutes | None = None
    """After so much working time it goes to the next candidate; nothing leaves it where it is."""
    objective: float = Field(default=0.95, ge=0, lt=1)
    """The share of responses that shall be in time."""

    @model_validator(mode="after")
    def _there_is_time_to_respond(self) -> Self:
        for each in (self, *self.rules):
            respond = each.respond_within_minutes or self.respond_within_minutes
            pass_on = each.pass_on_within_minutes or self.pass_on_within_minutes
            if pass_on and pass_on < respond:
                raise ValueError("It is passed on no earlier than a response is due")
        return self

    @model_validator(mode="after")
    def _rules_are_told_apart(self) -> Self:
        """Receipts and rotations know a rule by its name."""
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError("Two rules have the same name")
        return self


class RuleSetBody(RoutingBody):
    """Rules of one's own for some subjects: those of a unit, of products, of channels."""

    subject: Literal["lead", "customer", "opportunity"] = "lead"
    """Deals are given by rules when the conversion that opens them says `reassign`."""
    unit_id: UUID = ROOT_UNIT
    """For what belongs to this unit or to one below it."""
    products: Names = ()
    """Codes."""
    channels: Names = ()


FIRST_ROUTING = RoutingBody(rules=(RuleBody(name="by region", to=BY_REGION),))
"""What an enterprise starts with: whoever serves the region, else the pool."""


class RecycleBody(Body):
    """What nobody has followed up for so many days comes back to the pool; its owner is warned before."""

    untouched_days: int = Field(ge=1, le=3650)
    warn_days: int = Field(default=3, ge=0, le=365)

    @model_validator(mode="after")
    def _warns_before(self) -> Self:
        if self.warn_days >= self.untouched_days:
            raise ValueError("A warning comes before it is too late, and not at once")
        return self


class PoolBody(Body):
    """What a pool is for and the rules of taking from it; times to respond are working time."""

    subject: Literal["lead", "customer"] = "lead"
    unit_id: UUID = ROOT_UNIT
    """Members of this unit and of those below it may claim; what is theirs comes here."""
    regions: Names = ()
    industries: Names = ()
    levels: Names = ()
    """Of customers."""
    products: Names = ()
    """Codes, of leads."""
    grades: Names = ()
    """Of leads."""
    fresh_lock_minutes: int = Field(default=0, ge=0, le=60 * 24 * 30)
    """Time after its arrival in which nobody can claim it."""
    recycle: RecycleBody | None = None
    exempt_roles: frozenset[Literal["team_lead", "manager"]] = frozenset()
    """Whom no cap and no cool-down holds back."""

    holding_cap: int = Field(default=50, ge=0)
    daily_cap: int = Field(default=20, ge=0)
    cool_down_hours: int = Field(default=72, ge=0, le=24 * 365)
    respond_within_minutes: Minutes = 240


def rule_set(body: Mapping[str, JsonValue], *, version: int, name: str = "") -> RoutingRules:
    """A version of the rule set of that name; nothing stands for the one that is for all."""
    wanted = (RuleSetBody if name else RoutingBody).model_validate(body)
    return routing_rules(wanted, version=version, name=name)


def routing_rules(body: RoutingBody, *, version: int, name: str = "") -> RoutingRules:
    """The rules with their conditions compiled; raises `InvalidExpression`."""
    return RoutingRules(
        version=version,
        name=name,
        scope=_scope(body) if isinstance(body, RuleSetBody) else Scope(),
        rules=tuple(
            Rule(
                name=rule.name,
                when=LEAD.compile(rule.when),
                to=rule.to,
                skills=frozenset(rule.skills),
                languages=frozenset(rule.languages),
                level=rule.level,
                match_industry=rule.match_industry,
                match_product=rule.match_product,
                strategy=rule.strategy,
                off_hours=rule.off_hours,
                respond_within=_time(rule.respond_within_minutes),
                pass_on_within=_time(rule.pass_on_within_minutes),
            )
            for rule in body.rules
        ),
        otherwise=Otherwise(
            fallback_owner_id=body.otherwise.fallback_owner_id, to_pool=body.otherwise.to_pool
        ),
        respond_within=timedelta(minutes=body.respond_within_minutes),
        pass_on_within=_time(body.pass_on_within_minutes),
        objective=body.objective,
    )


def _scope(body: RuleSetBody) -> Scope:
    return Scope(
        kinds=frozenset({body.subject}),
        unit_id=None if body.unit_id == ROOT_UNIT else body.unit_id,
        products=frozenset(body.products),
        channels=frozenset(body.channels),
    )


def _time(minutes: int | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None


def pool_policy(body: PoolBody, *, version: int, name: str = LEAD_POOL_NAME) -> PoolPolicy:
    """The pool's rules as decisions take them."""
    return PoolPolicy(
        version=version,
        name=name,
        subject=body.subject,
        unit_id=body.unit_id,
        only=Filter(
            regions=frozenset(body.regions),
            industries=frozenset(body.industries),
            levels=frozenset(body.levels),
            products=frozenset(body.products),
            grades=frozenset(body.grades),
        ),
        fresh_lock=timedelta(minutes=body.fresh_lock_minutes),
        recycling=Recycling(
            untouched_for=timedelta(days=body.recycle.untouched_days),
            warned_before=timedelta(days=body.recycle.warn_days),
        )
        if body.recycle
        else None,
        exempt=frozenset(body.exempt_roles),
        holding_cap=body.holding_cap,
        daily_cap=body.daily_cap,
        cool_down=timedelta(hours=body.cool_down_hours),
        respond_within=timedelta(minutes=body.respond_within_minutes),
    )


class CollisionBody(Body):
    """What meets what, how long a registration protects, and who decides."""

    window_days: int = Field(default=90, ge=0, le=3650)
    """How far back a deal was opened that a new one meets; 0 for never."""
    by_product_line: bool = True
    protect_days: int = Field(default=90, ge=1, le=3650)
    extend_days: int = Field(default=30, ge=1, le=3650)
    extensions: int = Field(default=1, ge=0, le=100)
    ruled_by: Literal["arbiter", "registration_first"] = "arbiter"
    arbiters: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    appeal_days: int = Field(default=7, ge=0, le=365)


def collision_policy(body: CollisionBody) -> CollisionPolicy:
    """The same as decisions take it."""
    return CollisionPolicy(
        window=timedelta(days=body.window_days),
        by_product_line=body.by_product_line,
        protects_for=timedelta(days=body.protect_days),
        extends_by=timedelta(days=body.extend_days),
        extensions=body.extensions,
        ruled_by=body.ruled_by,
        arbiters=body.arbiters,
        appeal_within=timedelta(days=body.appeal_days),
    )


def check_first_pool(body: Mapping[str, JsonValue]) -> None:
    """Refuse to make another pool of the one that is for all leads."""
    wanted = PoolBody.model_validate(body)
    named = (wanted.regions, wanted.industries, wanted.levels, wanted.products, wanted.grades)
    if wanted.subject != "lead" or wanted.unit_id != ROOT_UNIT or any(named):
        raise PoolIsForAll


def check_routing(body: Mapping[str, JsonValue]) -> None:
    """Refuse rules that could not be applied, with everything that is wrong about them."""
    _check_rules(RoutingBody.model_validate(body))


def check_rule_set(body: Mapping[str, JsonValue]) -> None:
    """The same of a set of one's own."""
    _check_rules(RuleSetBody.model_validate(body))


def _check_rules(wanted: RoutingBody) -> None:
    errors: list[FieldError] = []
    for number, rule in enumerate(wanted.rules):
        try:
            LEAD.compile(rule.when)
        except InvalidExpression as invalid:
            errors.append(FieldError(pointer=f"/rules/{number}/when", reason=str(invalid)))
    if errors:
        raise RoutingWillNotDo(errors=tuple(errors))

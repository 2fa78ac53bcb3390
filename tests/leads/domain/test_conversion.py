"""Turning leads into customers and deals, by policy."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from services.leads.domain import conversion
from services.leads.domain.conversion import (
    ConversionPolicy,
    ConversionRules,
    DealTerms,
    Exemption,
    Wish,
)
from services.leads.domain.lead import Lead, State
from services.leads.domain.refusals import (
    AlreadyConverted,
    DealRuledOut,
    LeadIsOver,
    NotQualifiedYet,
    NotRegisteredYet,
)
from shared.contracts.leads import DealWanted, LeadConverted
from tests.leads import make
from tests.leads.make import NOW

CUSTOMER, CONTACT, DEAL, PRODUCT = (UUID(int=number) for number in range(1, 5))
TERMS = DealTerms(amount=Decimal("120000.50"))


DEFAULT = ConversionPolicy()


def policy(**settings: str) -> ConversionPolicy:
    return ConversionPolicy.model_validate(settings)


def convert(lead: Lead, *, by_policy: ConversionPolicy = DEFAULT) -> tuple[Lead, LeadConverted]:
    lead, [event] = conversion.convert(
        lead,
        customer_id=CUSTOMER,
        contact_id=CONTACT,
        deal=None,
        policy=by_policy,
        by=uuid4(),
        now=NOW,
    )
    assert isinstance(event, LeadConverted)
    return lead, event


def wanted(wish: Wish, by_policy: ConversionPolicy) -> DealWanted | None:
    return conversion.deal_wanted(make.lead(), wish, opportunity_id=DEAL, policy=by_policy)


@pytest.mark.parametrize(
    ("opportunity", "terms", "amount"),
    [
        pytest.param("ask", None, None, id="nobody asks"),
        pytest.param("ask", TERMS, Decimal("120000.50"), id="somebody asks"),
        pytest.param("always", None, Decimal(0), id="always, terms to follow"),
        pytest.param("always", TERMS, Decimal("120000.50"), id="always, with terms"),
        pytest.param("never", None, None, id="never"),
    ],
)
def test_a_deal_comes_of_it_by_policy_and_wish(
    opportunity: str, terms: DealTerms | None, amount: Decimal | None
):
    deal = wanted(Wish(deal=terms), policy(opportunity=opportunity))

    assert (deal.amount if deal else None) == amount


def test_a_deal_that_policy_rules_out_is_refused():
    with pytest.raises(DealRuledOut):
        wanted(Wish(deal=TERMS), policy(opportunity="never"))


def test_the_deal_stays_attached_to_where_the_lead_came_from():
    lead = make.lead(facts=make.reading(source="baidu", product_id=PRODUCT).facts)

    deal = conversion.deal_wanted(lead, Wish(deal=TERMS), opportunity_id=DEAL, policy=policy())

    assert deal is not None
    assert (deal.source, deal.product_id) == ("baidu", PRODUCT)


def test_a_converted_lead_says_what_came_of_it():
    lead, event = convert(make.lead(), by_policy=policy(owner="reassign"))

    assert (lead.state, lead.outcome, lead.customer_id) == ("converted", "converted", CUSTOMER)
    assert (event.customer_id, event.contact_id, event.owner) == (CUSTOMER, CONTACT, "reassign")


@pytest.mark.parametrize(
    ("state", "refusal"),
    [("converted", AlreadyConverted), ("disqualified", LeadIsOver), ("closed", LeadIsOver)],
)
def test_a_lead_that_is_over_is_not_converted(state: State, refusal: type[Exception]):
    with pytest.raises(refusal):
        convert(make.lead(state=state, customer_id=CUSTOMER))


def test_a_lead_that_must_qualify_first_is_not_converted_before():
    with pytest.raises(NotQualifiedYet):
        convert(make.lead(), by_policy=policy(trigger="qualified"))


def test_a_qualified_lead_is_converted_whatever_the_trigger():
    lead, _ = convert(make.lead(state="qualified"), by_policy=policy(trigger="qualified"))

    assert lead.state == "converted"


@pytest.mark.parametrize(
    ("exemption", "covers"),
    [
        pytest.param({}, True, id="everything"),
        pytest.param({"channel": "website"}, True, id="its channel"),
        pytest.param({"channel": "phone"}, False, id="another channel"),
        pytest.param({"unit_id": make.UNIT}, True, id="its unit"),
        pytest.param({"product_id": PRODUCT}, False, id="another product"),
        pytest.param({"channel": "website", "product_id": PRODUCT}, False, id="only one of two"),
    ],
)
def test_the_first_exemption_that_covers_a_lead_holds(
    exemption: dict[str, str | UUID], covers: bool
):
    never = policy(opportunity="never")
    rules = ConversionRules(exemptions=(Exemption.model_validate({**exemption, "policy": never}),))

    assert (rules.policy_for(make.lead()) == never) is covers


@pytest.mark.parametrize(
    ("has_open_deal", "opens"), [(False, True), (True, False)], ids=["none open", "one open"]
)
def test_beside_an_open_deal_policy_may_want_no_other(has_open_deal: bool, opens: bool):
    deal = conversion.deal_wanted(
        make.lead(),
        Wish(deal=TERMS),
        opportunity_id=DEAL,
        policy=policy(opportunity="unless_open"),
        has_open_deal=has_open_deal,
    )

    assert (deal is not None) is opens


def carrying(**targets: str) -> ConversionPolicy:
    """A policy that carries attributes over; a target is named with `__` for each dot."""
    carry = [
        {"attribute": name, "to": target.replace("__", ".")} for name, target in targets.items()
    ]
    return ConversionPolicy.model_validate({"opportunity": "always", "carry": carry})


def test_a_customer_takes_over_what_policy_carries():
    lead = make.lead(attributes={"headcount": 250.0, "tier": "KA", "holding": "", "colour": "red"})
    by_policy = carrying(
        headcount="customer__attributes__employees",
        tier="customer__level",
        holding="customer__parent_name",
        missing="customer__attributes__missing",
    )

    facts = conversion.customer_from(lead, name="Acme", policy=by_policy)

    assert (facts.level, facts.parent_name) == ("KA", "")
    assert conversion.attributes_from(lead, policy=by_policy) == {"employees": 250.0}


def test_a_contact_takes_over_what_policy_carries():
    lead = make.lead(attributes={"title": "采购总监", "wechat_group": "华东"})

    told = conversion.contact_from(
        lead, policy=carrying(title="contact__role", wechat_group="contact__attributes__group")
    )

    assert told == ("采购总监", {"group": "华东"})


@pytest.mark.parametrize(
    ("said", "day", "code"),
    [
        ({"by": "2026-09-30", "money": "usd"}, date(2026, 9, 30), "USD"),
        ({"by": "soon", "money": "yuan"}, None, "CNY"),
        ({}, None, "CNY"),
    ],
    ids=["as meant", "as words", "not at all"],
)
def test_a_deal_takes_over_day_and_currency_that_are_such(
    said: dict[str, str], day: date | None, code: str
):
    by_policy = carrying(by="deal__expected_close_on", money="deal__currency")

    deal = conversion.deal_wanted(
        make.lead(attributes=said), Wish(), opportunity_id=DEAL, policy=by_policy
    )

    assert deal is not None
    assert (deal.expected_close_on, deal.currency) == (day, code)


def test_a_lead_that_waits_for_its_registration_is_not_converted():
    by_policy = ConversionPolicy(trigger="registered")

    with pytest.raises(NotRegisteredYet):
        conversion.refuse_unless_convertible(make.lead(state="qualified"), policy=by_policy)


@pytest.mark.parametrize(
    ("budget", "amount"),
    [
        pytest.param(80000.0, Decimal(80000), id="a number"),
        pytest.param("80000.5", Decimal("80000.50"), id="digits"),
        pytest.param("8 to 10", Decimal(0), id="words"),
        pytest.param(-5.0, Decimal(0), id="negative"),
        pytest.param("NaN", Decimal(0), id="not a number"),
        pytest.param(1e300, Decimal(0), id="beyond all money"),
    ],
)
def test_a_budget_becomes_the_amount_when_it_is_one(budget: str | float, amount: Decimal):
    lead = make.lead(attributes={"budget": budget})

    deal = conversion.deal_wanted(
        lead, Wish(), opportunity_id=DEAL, policy=carrying(budget="deal__amount")
    )

    assert deal is not None
    assert deal.amount == amount


def test_an_amount_that_somebody_says_counts_more_than_one_that_is_carried():
    lead = make.lead(attributes={"budget": 5.0})

    deal = conversion.deal_wanted(
        lead, Wish(deal=TERMS), opportunity_id=DEAL, policy=carrying(budget="deal__amount")
    )

    assert deal is not None
    assert deal.amount == TERMS.amount


@pytest.mark.parametrize("target", ["customer.name", "deal.owner", "customer.attributes.", "x"])
def test_what_has_no_place_cannot_be_carried_there(target: str):
    with pytest.raises(ValueError, match="pattern"):
        ConversionPolicy.model_validate({"carry": [{"attribute": "a", "to": target}]})

"""Turning leads into customers and deals, by policy."""

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

"""The invented year is the same for the same seed, and the incidents are in it."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from shangji.demo import company, history, roads
from shangji.demo.company import Company
from shangji.demo.files import demo_files
from shangji.demo.history import Deal
from shangji.demo.seasons import Seasons
from shangji.demo.vocabulary import LOST, OPEN_STAGES, WON

TODAY = date(2026, 11, 20)
SEED = 7


@pytest.fixture(scope="module")
def founded() -> Company:
    return company.found(SEED)


@pytest.fixture(scope="module")
def deals(founded: Company) -> list[Deal]:
    return history.deals(founded, Seasons(TODAY), seed=SEED)


def test_the_enterprise_has_the_size_that_was_asked_for(founded: Company):
    teams = {(seller.region.name, seller.team) for seller in founded.sellers}
    entities = {seller.region.legal_entity for seller in founded.sellers}
    names = [seller.name for seller in founded.sellers]

    assert (len(founded.sellers), len(teams), len(entities)) == (300, 40, 2)
    assert len(set(names)) == len(names)
    assert len({customer.name for customer in founded.customers}) == 600


def test_the_same_seed_and_day_write_the_same_files():
    def written(seed: int) -> list[list[tuple[object, ...]]]:
        files = demo_files(company.found(seed), today=TODAY, seed=seed)
        return [[tuple(row) for row in file.rows] for file in files]

    assert written(SEED) == written(SEED)
    assert written(SEED) != written(SEED + 1)


def test_the_spring_festival_is_seen_in_the_leads(founded: Company):
    leads = history.leads(founded, Seasons(TODAY), seed=SEED)

    months = Counter(f"{lead.captured_at:%Y-%m}" for lead in leads)

    assert months["2026-02"] < 0.65 * months["2026-01"]
    assert months["2026-03"] > 1.5 * months["2026-02"]


def test_every_deal_could_be_a_fact(deals: list[Deal]):
    for deal in deals:
        assert deal.engaged_on < TODAY
        assert (deal.closed_on is None) == (deal.stage in OPEN_STAGES)
        assert deal.closed_on is None or deal.engaged_on <= deal.closed_on < TODAY
        assert (deal.reason == "") == (deal.stage in OPEN_STAGES)
        assert deal.amount > 0


def test_one_region_closes_nothing_in_one_quarter(deals: list[Deal]):
    end = TODAY - timedelta(days=91)
    closed = Counter(
        deal.seller.region
        for deal in deals
        if deal.closed_on and end - timedelta(days=91) <= deal.closed_on < end
    )

    assert closed[history.STALLED] == 0
    assert min(closed.values()) > 20


def test_somebody_hoards_deals(deals: list[Deal]):
    still_open = Counter(deal.seller.id for deal in deals if deal.stage in OPEN_STAGES)

    (most, count), (_, second) = still_open.most_common(2)

    assert most == history.HOARDER
    assert count > 3 * second


def test_whoever_left_left_open_deals_behind(deals: list[Deal]):
    left = [d for d in deals if d.seller.id == history.LEAVER and d.stage in OPEN_STAGES]

    assert len(left) >= history.LEFT_BEHIND


def test_deals_collide_at_some_customers(deals: list[Deal]):
    teams = defaultdict(set)
    for deal in deals:
        if deal.id.startswith("OC"):
            teams[deal.customer.id, deal.product.code].add(deal.seller.team)

    assert [len(rivals) for rivals in teams.values()] == [2] * history.COLLISIONS


def test_deals_come_from_leads_and_went_through_their_stages(founded: Company, deals: list[Deal]):
    leads = list(history.leads(founded, Seasons(TODAY), seed=SEED))
    told = list(roads.through_stages(roads.from_leads(deals, leads), today=TODAY, seed=SEED))

    came = {lead.id: lead for lead in leads}
    from_a_lead = [deal for deal in told if deal.lead]
    assert len({deal.lead for deal in from_a_lead}) == len(from_a_lead) > len(told) / 4
    assert any(deal.stage == WON for deal in from_a_lead)
    assert all(came[deal.lead].company == deal.customer.name for deal in from_a_lead)
    for deal in told:
        days = list(deal.entered.values())
        assert days == sorted(days)
        assert days[0] == deal.engaged_on
        assert days[-1] <= (deal.closed_on or TODAY)
        assert deal.stage not in OPEN_STAGES or list(deal.entered)[-1] == deal.stage


def test_about_every_second_deal_is_won(deals: list[Deal]):
    stages = Counter(deal.stage for deal in deals)

    assert 0.4 < stages[WON] / (stages[WON] + stages[LOST]) < 0.55

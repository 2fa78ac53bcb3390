"""A year of leads and deals with their own dates, and the incidents that are hidden in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from shangji.demo.company import Company, Customer, Seller
from shangji.demo.seasons import DAY, Seasons
from shangji.demo.vocabulary import (
    CAMPAIGNS,
    COMPETITORS,
    LOST,
    LOST_REASONS,
    OPEN_STAGES,
    ORIGINS,
    PRODUCT_WEIGHTS,
    PRODUCTS,
    REGIONS,
    SOURCE_RATES,
    SOURCE_WEIGHTS,
    SOURCES,
    SURNAMES,
    WON,
    WON_REASONS,
    Article,
    Region,
)

LEADS = 12_000
DEALS = 3_000
SHANGHAI = ZoneInfo("Asia/Shanghai")

HOARDER = "S007"
"""Holds ten times as many open deals as others, and does nothing about them."""
LEAVER = "S023"
"""Has left; the open deals are still in their name."""
STALLED = REGIONS[3]
"""Nothing was closed there in the quarter before the last three months."""
COLLISIONS = 6
"""Customers to whom two sellers of different teams offer the same product."""
COLLISION = "OC0A"
"""The first of these deals."""
HOARDED, LEFT_BEHIND = 90, 14


@dataclass(frozen=True, kw_only=True)
class Lead:
    """Somebody showed interest."""

    id: str
    captured_at: datetime
    source: str
    origin: str
    campaign: str
    name: str
    phone: str
    company: str
    province: str
    industry: str
    product: Article
    visits: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Deal:
    """Somebody may buy, bought, or did not."""

    id: str
    seller: Seller
    customer: Customer
    product: Article
    stage: str
    engaged_on: date
    closed_on: date | None
    expected_close_on: date | None
    amount: int
    source: str
    reason: str = ""
    competitor: str = ""
    lead: str = ""
    """The lead it came from."""
    entered: Mapping[str, date] = field(default_factory=dict)
    """When it came into each open stage it has been in."""


def leads(company: Company, seasons: Seasons, *, seed: int) -> Iterator[Lead]:
    """The leads of the year, in the order in which they came."""
    chance = Random(f"{seed} leads")  # noqa: S311 - a demo, not a secret
    days = _spread(seasons, LEADS, chance)
    for number, day in enumerate(days, start=1):
        customer = chance.choice(company.customers)
        source = chance.choices(range(len(SOURCES)), SOURCE_WEIGHTS)[0]
        moment = time(
            chance.choice((8, 9, 9, 10, 10, 11, 13, 14, 15, 16, 17, 20)), chance.randrange(60)
        )
        settled = (seasons.today - day).days > 25
        converted = chance.random() < SOURCE_RATES[source]
        yield Lead(
            id=f"L{number:05}",
            captured_at=datetime.combine(day, moment, SHANGHAI),
            source=SOURCES[source],
            origin=chance.choice(ORIGINS),
            campaign=chance.choice(CAMPAIGNS),
            name=person(chance),
            phone=phone(chance),
            company=customer.name,
            province=customer.province,
            industry=customer.industry,
            product=chance.choices(PRODUCTS, PRODUCT_WEIGHTS)[0],
            visits=int(chance.expovariate(0.25)),
            outcome=("converted" if converted else "not_converted") if settled else "",
        )


def deals(company: Company, seasons: Seasons, *, seed: int) -> list[Deal]:
    """The deals of the year, in the order in which work on them began; then the planted ones."""
    chance = Random(f"{seed} deals")  # noqa: S311 - a demo, not a secret
    weights = [seller.diligence for seller in company.sellers]
    customers = {
        region: [customer for customer in company.customers if customer.region == region]
        for region in REGIONS
    }
    found: list[Deal] = []
    for number, day in enumerate(_spread(seasons, DEALS, chance), start=1):
        seller = chance.choices(company.sellers, weights)[0]
        customer = chance.choice(customers[seller.region])
        found.append(_deal(f"O{number:05}", seller, customer, day, seasons, chance))
    return [
        *(_stalled(deal, seasons, chance) for deal in found),
        *_planted(company, customers, seasons, chance),
    ]


def _spread(seasons: Seasons, count: int, chance: Random) -> list[date]:
    """Days on which things happen: more on busy days, and a little more every month."""
    days = seasons.days
    weights = [seasons.busyness(day) * (0.85 + 0.3 * n / len(days)) for n, day in enumerate(days)]
    return sorted(chance.choices(days, weights, k=count))


def _deal(
    id: str, seller: Seller, customer: Customer, began: date, seasons: Seasons, chance: Random
) -> Deal:
    product = chance.choices(PRODUCTS, PRODUCT_WEIGHTS)[0]
    pieces = chance.choices((1, 2, 3, 5, 10), (50, 22, 14, 9, 5))[0]
    deal = Deal(
        id=id,
        seller=seller,
        customer=customer,
        product=product,
        stage=OPEN_STAGES[0],
        engaged_on=began,
        closed_on=None,
        expected_close_on=began + timedelta(days=chance.randrange(30, 120)),
        amount=int(product.price * pieces * chance.uniform(0.82, 1.04)),
        source=chance.choices(SOURCES, SOURCE_WEIGHTS)[0],
    )
    large = product.price > 100_000
    takes = timedelta(days=int(chance.lognormvariate(4.0 if large else 3.4, 0.55)) + 3)
    closes = seasons.working_day_from(began + takes)
    if closes >= seasons.today:
        return _open(deal, (seasons.today - began) / takes, seasons, chance)
    wins = chance.random() < 0.46 * seller.luck
    return _won(deal, closes, chance) if wins else _lost(deal, closes, chance)


def _open(deal: Deal, progress: float, seasons: Seasons, chance: Random) -> Deal:
    stage = min(int(progress * len(OPEN_STAGES)), len(OPEN_STAGES) - 1)
    closes = seasons.today + timedelta(days=chance.randrange(-10, 75))
    return replace(deal, stage=OPEN_STAGES[stage], closed_on=None, expected_close_on=closes)


def _won(deal: Deal, closes: date, chance: Random) -> Deal:
    reason = chance.choices(WON_REASONS, (5, 3, 4, 1))[0]
    return replace(deal, stage=WON, closed_on=closes, reason=reason)


def _lost(deal: Deal, closes: date, chance: Random) -> Deal:
    reason = chance.choices(LOST_REASONS, (5, 4, 2, 3, 3))[0]
    competitor = chance.choice(COMPETITORS) if reason == "输给竞争对手" else ""
    return replace(deal, stage=LOST, closed_on=closes, reason=reason, competitor=competitor)


def stalled_quarter(today: date) -> tuple[date, date]:
    """The first day of the quarter in which one region closed nothing, and the day after its last."""
    end = today - timedelta(days=91)
    return end - timedelta(days=91), end


def _stalled(deal: Deal, seasons: Seasons, chance: Random) -> Deal:
    """In one region and one quarter nothing is closed: its deals wait, or end later and badly."""
    start, end = stalled_quarter(seasons.today)
    if deal.seller.region != STALLED or deal.closed_on is None or not start <= deal.closed_on < end:
        return deal
    if chance.random() < 0.5:
        return replace(deal, stage="报价", closed_on=None, reason="", competitor="")
    return _lost(deal, end + timedelta(days=chance.randrange(1, 60)), chance)


def _planted(
    company: Company,
    customers: Mapping[Region, list[Customer]],
    seasons: Seasons,
    chance: Random,
) -> Iterator[Deal]:
    by_id = {seller.id: seller for seller in company.sellers}
    for number in range(HOARDED):
        seller = by_id[HOARDER]
        began = seasons.today - timedelta(days=chance.randrange(120, 300))
        customer = chance.choice(customers[seller.region])
        yield _waiting(f"OH{number:03}", seller, customer, began, "初步沟通", chance)
    for number in range(LEFT_BEHIND):
        seller = by_id[LEAVER]
        began = seasons.today - timedelta(days=chance.randrange(20, 90))
        customer = chance.choice(customers[seller.region])
        yield _waiting(f"OL{number:03}", seller, customer, began, "方案制定", chance)
    for number in range(COLLISIONS):
        region = REGIONS[number % len(REGIONS)]
        customer = chance.choice(customers[region])
        first, second = _rivals(company.sellers_of(region))
        began = seasons.today - timedelta(days=20 + 3 * number)
        deal = _waiting(f"OC{number}A", first, customer, began, "报价", chance)
        yield deal
        yield replace(
            deal, id=f"OC{number}B", seller=second, stage="需求确认", engaged_on=began + 5 * DAY
        )


def _waiting(
    id: str, seller: Seller, customer: Customer, began: date, stage: str, chance: Random
) -> Deal:
    product = chance.choices(PRODUCTS, PRODUCT_WEIGHTS)[0]
    return Deal(
        id=id,
        seller=seller,
        customer=customer,
        product=product,
        stage=stage,
        engaged_on=began,
        closed_on=None,
        expected_close_on=began + timedelta(days=60),
        amount=product.price,
        source="电话",
    )


def _rivals(sellers: list[Seller]) -> tuple[Seller, Seller]:
    first = sellers[0]
    return first, next(seller for seller in sellers if seller.team != first.team)


def person(chance: Random) -> str:
    """A family name and how one addresses its bearer."""
    return chance.choice(SURNAMES) + chance.choice(("经理", "工", "主任", "总", "女士", "先生"))


def phone(chance: Random) -> str:
    """A mobile number, made up."""
    return f"166{chance.randrange(10**8):08}"

"""The demo enterprise: its people and its customers, the same for the same seed."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from shangji.demo.vocabulary import (
    DEALERS,
    ENDINGS,
    GIVEN,
    INDUSTRIES,
    PLACES,
    REGION_WEIGHTS,
    REGIONS,
    SURNAMES,
    TRADES,
    Region,
)

SELLERS = 300
CUSTOMERS = 600


@dataclass(frozen=True, kw_only=True)
class Seller:
    """Somebody who sells, and how well."""

    id: str
    name: str
    region: Region
    team: str
    team_lead: str
    industries: tuple[str, ...]
    diligence: float
    """How many deals they have, relative to colleagues."""
    luck: float
    """How much more often than others they win."""


@dataclass(frozen=True, kw_only=True)
class Customer:
    """An organisation that buys."""

    id: str
    name: str
    industry: str
    region: Region
    province: str
    level: str


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Somebody with a role beyond a team: a manager of a region or of the enterprise, an auditor."""

    id: str
    username: str
    name: str
    role: str
    region: Region | None


@dataclass(frozen=True, kw_only=True)
class Dealer:
    """An outside company that sells for us, and whoever works there."""

    id: str
    name: str
    region: Region
    person: str


@dataclass(frozen=True, kw_only=True)
class Company:
    """Everybody the demo is about."""

    sellers: tuple[Seller, ...]
    officers: tuple[Officer, ...]
    dealers: tuple[Dealer, ...]
    customers: tuple[Customer, ...]

    def sellers_of(self, region: Region) -> list[Seller]:
        """Those who sell in a region."""
        return [seller for seller in self.sellers if seller.region == region]


def found(seed: int) -> Company:
    """The enterprise of a seed."""
    chance = Random(f"{seed} company")  # noqa: S311 - a demo, not a secret
    names = _Names(chance)
    sellers = _sellers(chance, names)
    return Company(
        sellers=sellers,
        officers=_officers(names),
        dealers=tuple(
            Dealer(id=f"D{number:02}", name=name, region=_region(region), person=names.person())
            for number, (region, name) in enumerate(DEALERS, start=1)
        ),
        customers=_customers(chance, names),
    )


class _Names:
    """Names that nobody else has yet."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()

    def person(self) -> str:
        return self._unused(lambda: self._chance.choice(SURNAMES) + self._chance.choice(GIVEN))

    def organisation(self, province: str, industry: str) -> str:
        return self._unused(
            lambda: (
                province
                + self._chance.choice(PLACES)
                + self._chance.choice(ENDINGS)
                + self._chance.choice(TRADES[industry])
            )
        )

    def _unused(self, make: Callable[[], str]) -> str:
        while (name := make()) in self._taken:
            pass
        self._taken.add(name)
        return name


def _sellers(chance: Random, names: _Names) -> tuple[Seller, ...]:
    teams = [(region, team) for region in REGIONS for team in region.teams]
    leads = {team: names.person() for _, team in teams}
    places = [teams[number % len(teams)] for number in range(SELLERS)]
    return tuple(
        Seller(
            id=f"S{number:03}",
            name=names.person(),
            region=region,
            team=team,
            team_lead=leads[team],
            industries=tuple(chance.sample(INDUSTRIES, 3)),
            diligence=chance.lognormvariate(0, 0.45),
            luck=chance.uniform(0.75, 1.3),
        )
        for number, (region, team) in enumerate(places, start=1)
    )


def _officers(names: _Names) -> tuple[Officer, ...]:
    managers = [
        Officer(
            id=f"M{number}",
            username=f"manager{number}",
            name=names.person(),
            role="manager",
            region=region,
        )
        for number, region in enumerate(REGIONS, start=1)
    ]
    return (
        Officer(id="GM", username="boss", name=names.person(), role="manager", region=None),
        Officer(id="AU", username="auditor", name=names.person(), role="auditor", region=None),
        *managers,
    )


def _customers(chance: Random, names: _Names) -> tuple[Customer, ...]:
    customers: list[Customer] = []
    for number in range(1, CUSTOMERS + 1):
        region = chance.choices(REGIONS, REGION_WEIGHTS)[0]
        province, industry = chance.choice(region.provinces), chance.choice(INDUSTRIES)
        customers.append(
            Customer(
                id=f"C{number:04}",
                name=names.organisation(province, industry),
                industry=industry,
                region=region,
                province=province,
                level=chance.choices("ABC", (1, 3, 6))[0],
            )
        )
    return tuple(customers)


def _region(name: str) -> Region:
    return next(region for region in REGIONS if region.name == name)

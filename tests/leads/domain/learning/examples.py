"""Closed leads of an invented market, in which some things matter and others do not."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from services.leads.domain.learning.features import Example, Value

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def example(number: int = 1, *, won: bool | None = True, **known: Value) -> Example:
    """One lead that came in `number` minutes ago."""
    return Example(
        lead_id=UUID(int=number),
        captured_at=NOW - timedelta(minutes=number),
        known=known,
        won=won,
    )


def market(leads: int, *, seed: int = 1) -> list[Example]:
    """Recommended leads win often, visits help, colours are all the same."""
    chance = Random(seed)  # noqa: S311
    return [_somebody(number, chance) for number in range(1, leads + 1)]


def _somebody(number: int, chance: Random) -> Example:
    source = chance.choice(["recommended", "fair", "advertisement", "advertisement"])
    visits = float(chance.randrange(12)) if chance.random() < 0.9 else None
    likely = 0.1 + 0.5 * (source == "recommended") + 0.03 * (visits or 0)
    return example(
        number,
        won=chance.random() < likely,
        source=source,
        visits=visits,
        colour=chance.choice(["red", "green"]),
    )

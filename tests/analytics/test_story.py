"""A random year of an enterprise, heard in a random order, against a reducer that shares no code."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts.base import Event
from tests.analytics import make
from tests.analytics.history import History
from tests.analytics.reducer import Reducer
from tests.analytics.workshops import ask_for_rebuild, look_at, take_step

DIMENSIONS = ("region", "manager", "team", "seller", "product", "sector", "month")


def a_year(dice: random.Random) -> list[Event]:
    """What happened, each aggregate's events in their order."""
    regions = [make.unit(name, "region") for name in ("East", "West", "Idle")]
    bosses = [make.person(f"Boss {n}", roles=("team_lead",)) for n in range(3)]
    teams = [
        make.unit(
            f"Team {n}",
            parent=dice.choice(regions).unit_id,
            lead_person_id=boss.person_id if n else None,
        )
        for n, boss in enumerate(bosses)
    ]
    sellers = [make.person(f"Seller {n}", dice.choice(teams).unit_id) for n in range(7)]
    products = [make.product(name) for name in ("Gadget", "Widget")]
    customers = [make.customer(industry) for industry in ("finance", "retail", "")]
    happened: list[Event] = [*regions, *bosses, *teams, *sellers, *products, *customers]

    def facts() -> dict[str, Any]:
        return {
            "amount": Decimal(dice.randrange(1, 10**6)) / 100,
            "list_value": Decimal(dice.randrange(1, 10**6)) / 100,
            "product_id": dice.choice([None, *(p.product_id for p in products)]),
            "customer_id": dice.choice([None, *(c.customer_id for c in customers)]),
        }

    for _ in range(120):
        engaged = dice.choice([None, date(2025, 3, 1) + timedelta(dice.randrange(300))])
        happened.append(
            make.recorded(
                dice.choice(sellers[1:]),
                dice.choice(("won", "lost", "open")),
                engaged_on=engaged,
                closed_on=(engaged or date(2025, 6, 1)) + timedelta(dice.randrange(150)),
                **facts(),
            )
        )
    for _ in range(60):
        happened += _lead_and_deal(dice, sellers, facts())
    return happened


def _lead_and_deal(
    dice: random.Random, sellers: Sequence[make.PersonDefined], facts: dict[str, Any]
) -> Iterator[Event]:
    seller, other = dice.sample(sellers, 2)
    clock = make.days(dice.uniform(0, 60))
    lead = make.lead(at=clock, source=dice.choice(("", "Google", "Fair")))
    yield lead
    yield make.assigned("lead", lead.lead_id, seller, at=clock)
    for _ in range(dice.randrange(3)):
        yield make.activity(
            "lead", lead.lead_id, seller, at=clock + timedelta(hours=dice.randrange(1, 200))
        )
    if dice.random() < 0.3:
        clock += timedelta(hours=dice.randrange(100))
        yield make.assigned("lead", lead.lead_id, other, at=clock)
    if dice.random() < 0.5:
        clock += timedelta(hours=dice.randrange(100))
        yield make.qualified(lead, at=clock)
    if dice.random() < 0.2:
        yield make.outcome(lead, converted=dice.random() < 0.5, at=clock)
        return
    deal = make.opened(seller, at=clock, lead_id=lead.lead_id, **facts)
    yield deal
    stage = "talk"
    for _ in range(dice.randrange(4)):
        clock += timedelta(hours=dice.randrange(1, 500))
        target = dice.choice([name for name in make.STAGES if name != stage])
        yield make.moved(deal, stage, target, at=clock)
        stage = target
    if dice.random() < 0.3:
        yield make.assigned("opportunity", deal.opportunity_id, other, at=clock)
    clock += timedelta(hours=dice.randrange(1, 500))
    close = dice.choice((make.won, make.lost, None))
    if close is not None:
        yield close(deal, stage, at=clock)


def shuffled_across_aggregates(events: Sequence[Event], dice: random.Random) -> list[Event]:
    """Another order in which they may be heard: that within each aggregate stays."""
    lines: dict[object, list[Event]] = {}
    for event in events:
        lines.setdefault(event.aggregate_id, []).append(event)
    order = [event.aggregate_id for event in events]
    dice.shuffle(order)
    return [lines[key].pop(0) for key in order]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_reports_on_a_random_year_equal_an_independent_reducer(
    history: History, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - a seed makes the year the same in each run
    events = a_year(dice)
    expected = Reducer(events)
    envelopes = history.envelopes(*shuffled_across_aggregates(events, dice))

    for start in range(0, len(envelopes), 40):
        await history.send(envelopes[start : start + 40], batch=dice.randrange(1, 60))

    assert await history.report("summary") == [expected.summary()]
    for by in DIMENSIONS:
        assert await history.report("win-rate", by=by) == expected.win_rate(by)
    assert await history.report("cycle-days") == expected.cycle_days()
    for day in (date(2025, 5, 1), date(2025, 11, 30), date(2026, 3, 20), date(2026, 4, 20)):
        found = await history.report("pipeline", as_of=day.isoformat())
        assert found == [expected.pipeline(day)]
    counts = await history.report("stage-counts")
    assert {row["stage"]: row["count"] for row in counts} == expected.stage_counts()
    assert await history.report("source-conversion", by="source") == expected.conversion()
    road = await history.report("funnel", pipeline="lead")
    assert [(row["stage"], row["entered"]) for row in road] == expected.road()
    for pipeline in ("old", "standard"):
        rows = await history.report("funnel", pipeline=pipeline)
        assert {
            row["stage"]: (row["entered"], row["converted"]) for row in rows
        } == expected.funnel(pipeline)
    assert await history.report("efficiency") == expected.efficiency()

    rebuild_id = await ask_for_rebuild(history)
    await take_step(history)
    assert (await look_at(history, rebuild_id))["state"] == "equal"

"""Each report over deals against answers computed by hand."""

from datetime import date
from decimal import Decimal

import pytest

from tests.analytics import make
from tests.analytics.history import History


async def test_the_summary_leaves_open_deals_out_of_the_win_rate(history: History) -> None:
    anna = make.person("Anna")
    await history.tell(
        anna,
        make.recorded(anna, amount=Decimal("100.10")),
        make.recorded(anna, amount=Decimal(300)),
        make.recorded(anna, amount=Decimal(500)),
        make.recorded(anna, "lost", amount=Decimal(0)),
        make.recorded(anna, "open", amount=Decimal(900)),
    )

    assert await history.report("summary") == [
        {
            "won": 3,
            "lost": 1,
            "win_rate": 0.75,
            "won_value": 900.1,
            "avg_deal": 300.0333,
            "median_deal": 300.0,
        }
    ]


async def test_an_empty_enterprise_has_no_average_deal(history: History) -> None:
    assert await history.report("summary") == [
        {
            "won": 0,
            "lost": 0,
            "win_rate": 0.0,
            "won_value": 0.0,
            "avg_deal": None,
            "median_deal": None,
        }
    ]


async def test_stages_are_counted_in_the_order_of_their_chances(history: History) -> None:
    anna = make.person("Anna")
    await history.tell(
        anna,
        make.recorded(anna, "lost"),
        make.recorded(anna),
        make.recorded(anna, "open"),
        make.recorded(anna, "open"),
        make.recorded(anna, "open", engaged_on=None),
    )

    assert await history.report("stage-counts") == [
        {"stage": "Prospecting", "count": 1},
        {"stage": "Engaging", "count": 2},
        {"stage": "Won", "count": 1},
        {"stage": "Lost", "count": 1},
    ]


async def test_stages_as_of_a_day_tell_blank_where_history_does_not_know(history: History) -> None:
    anna = make.person("Anna")
    live = make.opened(anna, at=make.days(0))
    await history.tell(
        anna,
        make.recorded(anna, engaged_on=date(2026, 3, 1), closed_on=date(2026, 3, 20)),
        make.recorded(anna, engaged_on=date(2026, 3, 1), closed_on=date(2026, 3, 5)),
        make.recorded(anna, "open", engaged_on=None),
        live,
        make.moved(live, "talk", "offer", at=make.days(4)),
        make.lost(live, "offer", at=make.days(30)),
    )

    assert await history.report("stage-counts", as_of="2026-03-05") == [
        {"stage": "(blank)", "count": 1},
        {"stage": "talk", "count": 1},
        {"stage": "Won", "count": 1},
    ]
    assert await history.report("stage-counts", as_of="2026-03-06") == [
        {"stage": "(blank)", "count": 1},
        {"stage": "offer", "count": 1},
        {"stage": "Won", "count": 1},
    ]


async def test_cycle_days_interpolate_between_deals(history: History) -> None:
    anna = make.person("Anna")
    first = date(2026, 1, 1)
    await history.tell(
        anna,
        *(
            make.recorded(anna, engaged_on=first, closed_on=date(2026, 1, day))
            for day in (2, 3, 5, 12)
        ),
        make.recorded(anna, engaged_on=None, closed_on=first),
    )

    assert await history.report("cycle-days") == [
        {"status": "won", "p25": 1.75, "median": 3.0, "p75": 5.75, "p90": 8.9, "mean": 4.5},
        {
            "status": "lost",
            "p25": None,
            "median": None,
            "p75": None,
            "p90": None,
            "mean": None,
        },
    ]


async def test_a_deal_is_open_from_the_day_it_engages_until_the_day_before_it_closes(
    history: History,
) -> None:
    anna = make.person("Anna")
    await history.tell(
        anna,
        make.recorded(
            anna,
            engaged_on=date(2026, 1, 10),
            closed_on=date(2026, 1, 20),
            list_value=Decimal("99.50"),
        ),
        make.recorded(anna, "open", engaged_on=None),
        make.recorded(anna, "open", engaged_on=date(2026, 1, 15)),
    )

    found = {
        day: (await history.report("pipeline", as_of=f"2026-01-{day}"))[0]
        for day in ("09", "10", "15", "19", "20")
    }

    assert found == {
        "09": {"open": 0, "list_value": 0.0},
        "10": {"open": 1, "list_value": 99.5},
        "15": {"open": 2, "list_value": 219.5},
        "19": {"open": 2, "list_value": 219.5},
        "20": {"open": 1, "list_value": 120.0},
    }
    assert await history.report("pipeline") == [{"open": 2, "list_value": 240.0}]


async def test_a_live_deal_opens_on_the_enterprises_own_day(history: History) -> None:
    anna = make.person("Anna")
    late_in_the_evening_utc = make.NOW.replace(day=2, hour=17)
    await history.tell(anna, make.opened(anna, at=late_in_the_evening_utc))

    assert (await history.report("pipeline", as_of="2026-03-02"))[0]["open"] == 0
    assert (await history.report("pipeline", as_of="2026-03-03"))[0]["open"] == 1


async def test_the_win_rate_by_people_and_places_shows_those_without_deals(
    history: History,
) -> None:
    boss, chief = (
        make.person("Boss", roles=("team_lead",)),
        make.person("Chief", roles=("manager",)),
    )
    east, west = make.unit("East", "region"), make.unit("West", "region")
    first = make.unit("First", parent=east.unit_id, lead_person_id=boss.person_id)
    second = make.unit("Second", parent=west.unit_id, lead_person_id=chief.person_id)
    anna, bert = make.person("Anna", first.unit_id), make.person("Bert", second.unit_id)
    await history.tell(
        east, west, first, second, boss, chief, anna, bert,
        make.recorded(anna, amount=Decimal(10)),
        make.recorded(anna, "lost"),
        make.recorded(anna, "lost"),
    )  # fmt: skip
    zero = {"won": 0, "lost": 0, "win_rate": 0.0, "won_value": 0.0}
    some = {"won": 1, "lost": 2, "win_rate": 0.333333, "won_value": 10.0}

    assert await history.report("win-rate", by="seller") == [
        {"seller": "Anna", **some},
        {"seller": "Bert", **zero},
    ]
    assert await history.report("win-rate", by="team") == [
        {"team": "First", **some},
        {"team": "Second", **zero},
    ]
    assert await history.report("win-rate", by="manager") == [
        {"manager": "Boss", **some},
        {"manager": "Chief", **zero},
    ]
    assert await history.report("win-rate", by="region") == [
        {"region": "East", **some},
        {"region": "West", **zero},
    ]


async def test_the_win_rate_by_facts_keeps_blank_apart(history: History) -> None:
    anna, gadget, bank = make.person("Anna"), make.product("Gadget"), make.customer("finance")
    await history.tell(
        anna,
        gadget,
        bank,
        make.recorded(
            anna,
            amount=Decimal(7),
            product_id=gadget.product_id,
            customer_id=bank.customer_id,
            closed_on=date(2026, 2, 1),
        ),
        make.recorded(anna, "lost", closed_on=date(2026, 1, 31)),
    )
    one_won = {"won": 1, "lost": 0, "win_rate": 1.0, "won_value": 7.0}
    one_lost = {"won": 0, "lost": 1, "win_rate": 0.0, "won_value": 0.0}

    assert await history.report("win-rate", by="product") == [
        {"product": "(blank)", **one_lost},
        {"product": "Gadget", **one_won},
    ]
    assert await history.report("win-rate", by="sector") == [
        {"sector": "(blank)", **one_lost},
        {"sector": "finance", **one_won},
    ]
    assert await history.report("win-rate", by="month") == [
        {"month": "2026-01", **one_lost},
        {"month": "2026-02", **one_won},
    ]


async def test_two_sellers_of_one_name_are_two_rows(history: History) -> None:
    one, other = make.person("Wang Wei"), make.person("Wang Wei")
    await history.tell(one, other, make.recorded(one), make.recorded(other, "lost"))

    found = await history.report("win-rate", by="seller")

    assert sorted((row["won"], row["lost"]) for row in found) == [(0, 1), (1, 0)]


async def test_the_period_counts_both_its_days(history: History) -> None:
    anna = make.person("Anna")
    await history.tell(
        anna, *(make.recorded(anna, closed_on=date(2026, 2, day)) for day in (1, 2, 3, 4))
    )

    [row] = await history.report("summary", since="2026-02-02", to="2026-02-03")
    [earlier] = await history.report("summary", as_of="2026-02-01")

    assert (row["won"], earlier["won"]) == (2, 1)


async def test_only_the_named_pipeline_counts(history: History) -> None:
    anna = make.person("Anna")
    await history.tell(
        anna, make.recorded(anna, pipeline="one"), make.recorded(anna, pipeline="two")
    )

    [row] = await history.report("summary", pipeline="one")

    assert row["won"] == 1


REFUSED = [
    pytest.param("/reports/profit", {}, 404, "unknown-report", "win-rate", id="unknown report"),
    pytest.param(
        "/reports/win-rate", {"by": "mood"}, 422, "unknown-dimension", "seller", id="dimension"
    ),
    pytest.param("/reports/win-rate", {}, 422, "unknown-dimension", "seller", id="no dimension"),
    pytest.param(
        "/reports/summary", {"pipeline": "x"}, 422, "unknown-pipeline", "lead", id="pipeline"
    ),
    pytest.param("/reports/summary", {"as_of": "2017-02-30"}, 422, "", "as_of", id="no such day"),
    pytest.param("/reports/summary", {"as_of": "9999-12-31"}, 422, "", "as_of", id="a day too far"),
    pytest.param(
        "/reports/summary",
        {"since": "2026-02-02", "to": "2026-02-01"},
        422,
        "empty-period",
        "2026-02-01",
        id="empty period",
    ),
]


@pytest.mark.parametrize(("path", "params", "status", "slug", "mentions"), REFUSED)
async def test_a_question_that_has_no_answer_is_told_what_could_be_asked(
    history: History, path: str, params: dict[str, str], status: int, slug: str, mentions: str
) -> None:
    answer = await history.get(path, asked_by=None, **params)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert slug in answer.json()["type"]
    assert mentions in answer.text


async def test_the_reports_are_listed(history: History) -> None:
    answer = await history.get("/reports")

    assert {"win-rate", "funnel", "efficiency"} <= {report["name"] for report in answer.json()}

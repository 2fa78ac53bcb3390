"""Each report against answers computed by hand."""

from datetime import date
from decimal import Decimal

from tests.analytics import make
from tests.analytics.history import History


async def test_the_summary_leaves_open_deals_out_of_the_win_rate(history: History) -> None:
    anna = make.person("Anna")
    await history.tell(
        anna,
        make.recorded(anna, amount=Decimal("100.10")),
        make.recorded(anna, amount=Decimal("300")),
        make.recorded(anna, amount=Decimal("500")),
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

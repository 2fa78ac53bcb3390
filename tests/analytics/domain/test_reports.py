"""What may be asked, and which days an answer covers."""

from datetime import UTC, date, datetime

import pytest

from services.analytics.domain.reports import REPORTS, ReportName, UnknownDimension, ask

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)

LAST_DAYS = [
    pytest.param(None, None, None, id="all time"),
    pytest.param(LAST, None, LAST, id="as of a day"),
    pytest.param(None, LAST, LAST, id="to a day"),
    pytest.param(FIRST, LAST, FIRST, id="looking back from within the period"),
    pytest.param(LAST, FIRST, FIRST, id="looking back from after the period"),
]


@pytest.mark.parametrize(("as_of", "until", "last_day"), LAST_DAYS)
def test_nothing_counts_after_the_earlier_of_both_days(
    as_of: date | None, until: date | None, last_day: date | None
) -> None:
    assert ask("summary", as_of=as_of, until=until).last_day == last_day


def test_a_period_covers_its_last_day_in_the_enterprises_zone() -> None:
    question = ask("summary", since=FIRST, until=LAST)

    assert question.begins_at == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert question.ends_at == datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "win-rate"])
def test_most_reports_need_no_dimension(name: ReportName) -> None:
    assert ask(name).by == REPORTS[name].default


def test_efficiency_is_by_seller_unless_told_otherwise() -> None:
    assert ask("efficiency").by == "seller"


@pytest.mark.parametrize("name", list(REPORTS))
def test_no_report_takes_an_empty_dimension(name: str) -> None:
    with pytest.raises(UnknownDimension):
        ask(name, by="")

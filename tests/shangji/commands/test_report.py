"""Reports are tables for people, with rates as percentages and gaps as dashes."""

import io

import pytest
from rich.console import Console

from shangji.commands.report import _cell, _show


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("win_rate", 0.631501, "63.2%"),
        ("rate", 0.75, "75.0%"),
        ("won", 4238, "4,238"),
        ("won_value", 10005534.0, "10,005,534"),
        ("avg_deal", 2360.9094, "2,360.91"),
        ("region", "华东大区", "华东大区"),
        ("median_days", None, "–"),
    ],
)
def test_how_a_value_is_shown(column: str, value: object, shown: str):
    assert _cell(column, value) == shown


def test_a_report_without_rows_says_so():
    out = Console(file=io.StringIO())

    _show([], out)

    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue() == "Nothing to report yet.\n"


def test_numbers_stay_whole_on_a_narrow_screen():
    out = Console(file=io.StringIO(), width=80)
    counts = dict.fromkeys(("leads_assigned", "leads_touched", "activities", "won", "lost"), 12)

    _show(
        [{"seller": "丁文博", **counts, "first_response_hours": 1.5, "won_value": 1915051.0}], out
    )

    assert isinstance(out.file, io.StringIO)
    assert "1,915,051" in out.file.getvalue()
    assert "activities" in out.file.getvalue()

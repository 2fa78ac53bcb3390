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

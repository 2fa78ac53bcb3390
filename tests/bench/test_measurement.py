"""Statistics, the table, and what programs read."""

import json
from datetime import UTC, datetime
from io import StringIO

import jsonschema_rs
import pytest
from rich.console import Console

from shangji.bench import table
from shangji.bench.measurement import Machine, Measurement, Report, Spread, percentile

MACHINE = Machine(
    processors=2, memory_mb=4096, system="Linux 6", python="3.11.9", load_before=0.1, load_after=1.5
)
SUBMIT = Measurement.beside(
    [1800, 1700, 1900],
    "a bare endpoint",
    value=[900, 850.5, 1000],
    figure="submit",
    what="POST /leads",
    unit="leads/s",
    aim="≥ 0.4 of the limit",
)
IDLE = Measurement(figure="idle", what="kafka", unit="MB", value=Spread.of([93.25]))
REPORT = Report(
    measured_at=datetime(2026, 1, 2, tzinfo=UTC),
    seconds=12.5,
    options={"repeat": 3, "seconds": 8.0, "leads": 10_000},
    machine=MACHINE,
    measurements=(SUBMIT, IDLE),
)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        pytest.param(0.5, 50, id="the middle one"),
        pytest.param(0.99, 99, id="all but one of a hundred"),
        pytest.param(1, 100, id="the last"),
        pytest.param(0, 1, id="the first"),
    ],
)
def test_a_percentile_is_a_sample_that_was_taken(share: float, expected: float):
    samples = [float(number) for number in range(100, 0, -1)]

    assert percentile(samples, share) == expected


def test_of_one_sample_every_percentile_is_that_sample():
    assert {percentile([7.0], share) for share in (0.0, 0.5, 0.99, 1.0)} == {7.0}


def test_a_spread_keeps_its_samples_in_the_order_they_were_taken():
    spread = Spread.of([3, 1, 2.0004])

    assert (spread.median, spread.low, spread.high) == (2.0, 1.0, 3.0)
    assert spread.samples == (3.0, 1.0, 2.0)


def test_a_measurement_beside_its_limit_is_compared_by_the_medians():
    assert SUBMIT.ratio == 0.5


def test_the_table_shows_the_median_the_spread_the_limit_and_the_aim():
    assert table.cells(SUBMIT) == (
        "submit",
        "POST /leads",
        "900 (850–1,000) leads/s",
        "1,800 (1,700–1,900)",
        "0.50",
        "≥ 0.4 of the limit",
    )


def test_what_has_no_limit_and_one_sample_shows_just_that():
    assert table.cells(IDLE) == ("idle", "kafka", "93.2 MB", "–", "–", "")


def test_the_table_says_on_which_machine_and_under_which_load():
    shown = StringIO()

    table.show(REPORT.measurements, REPORT.machine, Console(file=shown, width=140))

    assert shown.getvalue().splitlines()[-1] == (
        "2 processors, 4 GB, Linux 6, Python 3.11.9; load 0.1 before, 1.5 after."
    )


def test_what_programs_read_fits_its_schema():
    written = json.loads(REPORT.model_dump_json())

    jsonschema_rs.validate(Report.model_json_schema(mode="serialization"), written)
    assert Report.model_validate(written) == REPORT
    assert written["measurements"][0]["value"]["samples"] == [900.0, 850.5, 1000.0]

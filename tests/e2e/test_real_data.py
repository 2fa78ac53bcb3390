"""Real data goes in through the public interface, passes through Kafka, and comes out to the last digit."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.stack import Shangji

MAPPINGS = Path("docs/examples")

pytestmark = pytest.mark.slow


def rows(answer: list[dict[str, Any]], dimension: str) -> dict[str, dict[str, Any]]:
    """The rows of a report by their dimension's value."""
    return {row[dimension]: row for row in answer}


@pytest.fixture(scope="module")
def maven(start_stack: Any, data: Path) -> Shangji:
    shangji: Shangji = start_stack("--no-demo")
    for kind, file in (
        ("directory", "sales_teams.csv"),
        ("customers", "accounts.csv"),
        ("products", "products.csv"),
        ("opportunities", "sales_pipeline.csv"),
    ):
        mapping = MAPPINGS / f"maven_crm_{kind}.yaml"
        shangji.must("import", kind, str(data / "maven_crm" / file), "--mapping", str(mapping))
    return shangji


@pytest.fixture(scope="module")
def maven_expected(data: Path) -> Any:
    return json.loads((data / "expected" / "maven_crm.json").read_text())


def test_stages_are_counted(maven: Shangji, maven_expected: Any):
    counted = rows(maven.json("report", "stage-counts"), "stage")

    assert {name: row["count"] for name, row in counted.items()} == maven_expected["stage_counts"]
    assert sum(row["count"] for row in counted.values()) == maven_expected["rows"]


def test_the_summary_is_right(maven: Shangji, maven_expected: Any):
    assert maven.json("report", "summary") == [maven_expected["overall"]]


def test_the_cycle_is_right(maven: Shangji, maven_expected: Any):
    cycle = rows(maven.json("report", "cycle-days"), "status")

    for status, expected in maven_expected["cycle_days"].items():
        assert {name: cycle[status][name] for name in expected} == expected


def test_each_month_is_right(maven: Shangji, maven_expected: Any):
    months = rows(maven.json("report", "win-rate", "--by", "month"), "month")

    found = {
        name: {"count": row["won"], "value": row["won_value"]}
        for name, row in months.items()
        if row["won"]
    }
    assert found == maven_expected["won_by_month"]


def test_each_region_is_right(maven: Shangji, maven_expected: Any):
    regions = rows(maven.json("report", "win-rate", "--by", "region"), "region")

    found = {
        name: {
            "won": row["won"],
            "closed": row["won"] + row["lost"],
            "win_rate": row["win_rate"],
            "won_value": row["won_value"],
        }
        for name, row in regions.items()
    }
    assert found == maven_expected["region"]


def test_sellers_without_deals_show_as_zero(maven: Shangji):
    sellers = rows(maven.json("report", "win-rate", "--by", "seller"), "seller")

    assert len(sellers) == 35
    assert sum(row["won"] == 0 and row["lost"] == 0 for row in sellers.values()) == 5


def test_the_pipeline_of_a_past_day_is_what_was_open_then(maven: Shangji, data: Path):
    """Counted here from the file itself: engaged on or before the day, not closed by its end."""
    import csv

    prices = {
        row["product"]: float(row["sales_price"])
        for row in csv.DictReader((data / "maven_crm" / "products.csv").open())
    }
    prices["GTXPro"] = prices["GTX Pro"]
    deals = list(csv.DictReader((data / "maven_crm" / "sales_pipeline.csv").open()))
    for day in ("2016-12-31", "2017-06-30", "2017-12-31"):
        then = [
            deal
            for deal in deals
            if deal["engage_date"]
            and deal["engage_date"] <= day
            and not (deal["close_date"] and deal["close_date"] <= day)
        ]
        value = sum(prices[deal["product"]] for deal in then)

        assert maven.json("report", "pipeline", "--as-of", day) == [
            {"open": len(then), "list_value": value}
        ]


def test_importing_a_file_again_changes_nothing(maven: Shangji, data: Path):
    again = maven.json(
        "import",
        "opportunities",
        str(data / "maven_crm" / "sales_pipeline.csv"),
        "--mapping",
        str(MAPPINGS / "maven_crm_opportunities.yaml"),
    )[0]

    assert (again["created"], again["updated"], again["rejected"]) == (0, 0, 0)
    assert again["unchanged"] == 8800


def test_web_leads_convert_as_their_sources_did(maven: Shangji, data: Path):
    """Into the same enterprise: leads and deals of two companies do not touch each other."""
    expected = json.loads((data / "expected" / "x_education_70.json").read_text())

    maven.must(
        "import",
        "leads",
        str(data / "x_education" / "leads_70.csv.gz"),
        "--mapping",
        str(MAPPINGS / "x_education_leads.yaml"),
    )

    total = maven.json("report", "source-conversion")[0]
    assert (total["leads"], total["converted"], total["rate"]) == (
        expected["rows"],
        expected["converted"],
        expected["rate"],
    )
    for dimension in ("source", "origin"):
        found = {
            row[dimension]: {name: row[name] for name in ("leads", "converted", "rate")}
            for row in maven.json("report", "source-conversion", "--by", dimension)
        }
        assert found == expected[f"by_{dimension}"]
    refused = rows(
        maven.json("report", "source-conversion", "--by", "do_not_email"), "do_not_email"
    )
    assert refused["Yes"]["leads"] == expected["do_not_email_yes"]


def test_what_went_through_is_what_everybody_has(maven: Shangji):
    verdict = maven.json("verify")

    assert verdict["broken"] == {}
    assert verdict["counts"]["deals"] == 8800

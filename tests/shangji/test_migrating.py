"""Plans and totals of migrations are read as people write them."""

from pathlib import Path

import pytest

from shangji.errors import StartRefused
from shangji.migrating import read_plan, read_totals


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("kind,by,value,count,amount\nleads,,,3,\ndeals,stage,Won,2,7.5\n", id="csv"),
        pytest.param(
            '[{"kind": "leads", "count": 3},'
            ' {"kind": "deals", "by": "stage", "value": "Won", "count": 2, "amount": 7.5}]',
            id="json",
        ),
    ],
)
def test_totals_are_read_from_csv_and_json(tmp_path: Path, text: str):
    path = tmp_path / "totals"
    path.write_text(text, encoding="utf-8-sig")

    assert read_totals(path) == [
        {"kind": "leads", "by": "", "value": "", "count": 3, "amount": None},
        {"kind": "deals", "by": "stage", "value": "Won", "count": 2, "amount": "7.5"},
    ]


@pytest.mark.parametrize("text", ["kind,count\nleads,many\n", "count\n3\n", "[1]", "{"])
def test_totals_that_are_none_are_explained(tmp_path: Path, text: str):
    path = tmp_path / "totals"
    path.write_text(text)

    with pytest.raises(StartRefused, match="they have the columns kind, by"):
        read_totals(path)


def test_the_files_of_a_plan_are_named_from_where_it_lies(tmp_path: Path):
    (tmp_path / "leads.yaml").write_text("history: true\n")
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "name: move\nsystem: crm\nfiles:\n  - {kind: leads, file: l.csv, mapping: leads.yaml}\n"
    )

    [sending] = read_plan(plan).sendings(dry_run=True)

    assert (sending.path, sending.mapping) == (tmp_path / "l.csv", "history: true\n")
    assert (sending.migration, sending.dry_run) == ("move", True)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("name: x\nfiles: []\n", "wrong at system", id="no system"),
        pytest.param(
            "name: x\nsystem: y\nfiles: [{kind: dreams, file: a}]\n", "names dreams", id="kind"
        ),
        pytest.param("{", "cannot be read", id="not YAML"),
    ],
)
def test_a_plan_that_is_none_is_explained(tmp_path: Path, text: str, complaint: str):
    plan = tmp_path / "plan.yaml"
    plan.write_text(text)

    with pytest.raises(StartRefused, match=complaint):
        read_plan(plan)

"""A mapping says what it means, and a mistake in it is pointed at."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import pytest
from pydantic import AwareDatetime, BaseModel, Field

from shared.imports import Headers, Importer, Looks, RowOutcome, Settings, mapping, matching
from shared.imports.mapping import Source
from shared.imports.refusals import ColumnsDoNotFit, MappingRefused
from shared.imports.rows import Rejected, RowReader
from shared.imports.table import Row

SHANGHAI = ZoneInfo("Asia/Shanghai")


class DealRow(BaseModel):
    id: str
    company: Annotated[str, Headers("公司名称", "Account Name")]
    closed_on: date | None = None
    seen_at: AwareDatetime | None = None
    won: bool = False
    amount: float = 0
    tags: tuple[str, ...] = ()
    attributes: dict[str, str] = Field(default_factory=dict)


class DealSettings(Settings):
    stages: dict[str, float] = Field(default_factory=dict)


async def nothing(*_: object, **__: object) -> list[RowOutcome]:
    return []


DEALS = Importer(kind="deals", row=DealRow, apply=nothing, settings=DealSettings)


class SiteRow(BaseModel):
    id: str
    company: Annotated[str, Headers("公司名称")] = ""
    site: Annotated[str, Looks(lambda text: text.endswith(".com"))] = ""


SITES = Importer(kind="sites", row=SiteRow, apply=nothing)


def read_row(sources: dict[str, object], **cells: str) -> DealRow | Rejected:
    columns = {name: Source.model_validate(source) for name, source in sources.items()}
    return RowReader(DealRow, columns, zone=SHANGHAI).read(Row(number=2, cells=cells))


def test_words_of_a_mapping_stay_words():
    text = "system: old\ncolumns:\n  id: ID\n  won: {column: Out, values: {No: false, Yes: true}}"

    read = mapping.read(text, DEALS)

    assert read.columns is not None
    assert read.columns["won"].values == {"No": "false", "Yes": "true"}


def test_a_mapping_may_be_json_and_carry_the_importers_own_settings():
    read = mapping.read('{"system": "old", "history": true, "stages": {"Won": "1"}}', DEALS)

    assert read.history
    assert read.settings_for(DEALS) == DealSettings(stages={"Won": 1})


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("system: a\nhistry: true", 2, "no key “histry”; did you mean “history”?"),
        ("system: a\ncolumns:\n  id: ID\n  compny: C", 4, "did you mean “company”?"),
        ("columns:\n  id: {colum: C}", 2, "no key “colum”; did you mean “column”?"),
        ("columns:\n  id: {column: A, const: b}", 2, "exactly one of column, columns and const"),
        ("columns:\n  company.x: A", 2, "takes no dotted names"),
        ("columns:\n  id: A\n  id: B", 3, "“id” is written twice"),
        ("history: perhaps", 1, "boolean"),
        ("stages:\n  Won: much", 2, "valid number"),
        ("kind: leads", 1, "this mapping is for leads"),
        ("system: [a", 1, "expected"),
        ("- a", 1, "a mapping has keys"),
        ("a: &a [1]\nb: *a", 1, "aliases"),
        ("[" * 5000, 1, "not YAML"),
        ("zone: Mars/North", 1, "no time zone"),
    ],
)
def test_a_mistake_is_refused_with_its_place(text: str, line: int, problem: str):
    with pytest.raises(MappingRefused) as refused:
        mapping.read(text, DEALS)

    assert refused.value.details["line"] == line
    assert problem in str(refused.value.details["problem"])


def test_without_a_mapping_columns_are_matched_by_name_in_any_language():
    header = ("ID", "公司名称", "Closed On", "something else")

    found = matching.suggest(header, DEALS)

    assert {field: source.column for field, source in found.items()} == {
        "id": "ID",
        "company": "公司名称",
        "closed_on": "Closed On",
    }


def test_a_column_that_no_name_fits_is_known_by_its_values():
    header = ("ID", "公司名称", "备注", "网址")
    sample = [
        Row(number=2, cells={"ID": "a.com", "公司名称": "a.com", "备注": "", "网址": "a.com"}),
        Row(number=3, cells={"ID": "1", "公司名称": "b", "备注": "b.com?", "网址": "b.com"}),
    ]

    found = matching.suggest(header, SITES, sample)

    assert {field: source.column for field, source in found.items()} == {
        "id": "ID",
        "company": "公司名称",
        "site": "网址",
    }


def test_a_column_that_is_not_there_is_named():
    columns = {"id": Source(column="Number"), "company": Source(column="Firm")}

    with pytest.raises(
        ColumnsDoNotFit, match="no column “Firm”, which the mapping reads for “comp"
    ):
        matching.check_columns(("Number",), columns, DEALS)


def test_a_file_that_cannot_give_what_every_row_needs_is_refused():
    with pytest.raises(ColumnsDoNotFit, match="No column gives “company”"):
        matching.check_columns(("ID",), {"id": Source(column="ID")}, DEALS)


def test_cells_are_turned_as_the_mapping_says():
    row = read_row(
        {
            "id": {"columns": ["a", "b"], "join": "-"},
            "company": {"column": "c", "values": {"GTXPro": "GTX Pro"}},
            "tags": "t",
            "closed_on": {"column": "d", "dates": ["%d/%m/%Y"]},
            "seen_at": "s",
            "won": {"const": "true"},
            "attributes.visits": "v",
        },
        a="1", b="2", c="GTXPro", t="x；y、z", d="01/03/2017", s="2017-03-01 08:00", v="7",
    )  # fmt: skip

    assert row == DealRow(
        id="1-2",
        company="GTX Pro",
        tags=("x", "y", "z"),
        closed_on=date(2017, 3, 1),
        seen_at=datetime(2017, 3, 1, tzinfo=UTC),
        won=True,
        attributes={"visits": "7"},
    )


def test_a_missing_value_leaves_the_fields_own_default():
    sources: dict[str, object] = {
        "id": "a",
        "company": {"column": "c", "missing": ["Select"], "default": "?"},
        "amount": "m",
    }

    assert read_row(sources, a="1", c="Select", m="") == DealRow(id="1", company="?", amount=0)


@pytest.mark.parametrize(
    "text",
    [
        "2017-03-01",
        "2017/3/1",
        "2017.03.01",
        "2017年3月1日",
        "20170301",
        "2017-03-01T00:00:00",
        "42795",
    ],
)
def test_a_date_may_be_written_in_many_ways(text: str):
    row = read_row({"id": "a", "company": "a", "closed_on": "d"}, a="1", d=text)

    assert isinstance(row, DealRow)
    assert row.closed_on == date(2017, 3, 1)


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"d": "2017-02-30"}, "closed_on (d)", "“2017-02-30” is not a date of the calendar"),
        ({"d": "soon"}, "closed_on (d)", "“soon” is not a date of the calendar"),
        ({"m": "much"}, "amount (m)", "Input should be a valid number"),
        ({"m": "1_000"}, "amount (m)", "“1_000” is not a number"),
        ({"m": "-inf"}, "amount (m)", "“-inf” is not a number"),
        ({"a": ""}, "id (a)", "is missing; also wrong: company"),
    ],
)
def test_a_row_that_does_not_fit_names_field_column_and_reason(
    cells: dict[str, str], field: str, reason: str
):
    sources: dict[str, object] = {"id": "a", "company": "a", "closed_on": "d", "amount": "m"}

    row = read_row(sources, **{"a": "1", **cells})

    assert isinstance(row, Rejected)
    assert row.field == field
    assert row.reason.startswith(reason)

"""Files that go out can be opened without running anything, and come in again as they were."""

import csv
import io
import tracemalloc
import zipfile
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook

from shared.exports import FileForm, formats, written
from shared.imports import table
from shared.imports.table import Format

NASTY = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+SUM(A1)",
    "-cmd|' /C calc'!A0",
    "@SUM(1)",
    "'=1+1",
    "''=1+1",
    "'quoted'",
    "-5",
    "+8613812341234",
    "007",
    "1e5",
    "two\nlines",
    'with "quotes", commas; and | bars',
    "<b>&amp;</b>",
    "全角，文字",
    "TRUE",
]


def whole(form: FileForm, header: list[str], rows: list[list[formats.Cell]]) -> bytes:
    file = formats.writer(form, header)
    return file.rows(rows[:1]) + file.rows(rows[1:]) + file.end()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_went_out_comes_in_as_it_was(form: FileForm):
    rows: list[list[formats.Cell]] = [[str(n), text, "", n] for n, text in enumerate(NASTY)]

    file = whole(form, ["id", "text", "blank", "number"], rows)

    opened = table.open_table([file], Format())
    cells = [row.cells for row in opened.rows]
    assert [row["text"] for row in cells] == NASTY
    assert [row["number"] for row in cells] == [str(n) for n in range(len(NASTY))]
    assert {row["blank"] for row in cells} == {""}


def test_no_cell_of_a_csv_begins_like_a_formula():
    file = whole("csv", ["text"], [[text] for text in NASTY]).decode("utf-8-sig")

    first = {
        row[0][:1] for row in csv.reader(io.StringIO(file)) if not row[0].lstrip("+-").isdigit()
    }
    assert first.isdisjoint("=+-@\t\r")


def test_no_cell_of_a_workbook_is_a_formula():
    file = whole("xlsx", ["text"], [[text] for text in NASTY])

    sheet = zipfile.ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in sheet
    assert sheet.count('t="inlineStr"') == len(NASTY) + 1


def test_every_part_of_a_workbook_is_well_formed():
    file = zipfile.ZipFile(io.BytesIO(whole("xlsx", ["a"], [["b\x0bc"]])))

    assert file.testzip() is None
    for name in file.namelist():
        ET.fromstring(file.read(name))  # noqa: S314 - our own


def test_more_rows_than_a_sheet_holds_go_on_in_another(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(formats, "MOST_ROWS", 3)

    book = CalamineWorkbook.from_object(io.BytesIO(whole("xlsx", ["n"], [[n] for n in range(5)])))

    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert sheets == [[["n"], [0], [1]], [["n"], [2], [3]], [["n"], [4]]]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(form: FileForm):
    file = formats.writer(form, ["a", "b"])
    page = [["some text", n] for n in range(2000)]
    file.rows(page)
    tracemalloc.start()

    for _ in range(3):
        file.rows(page)
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(30):
        file.rows(page)
    after, _ = tracemalloc.get_traced_memory()

    tracemalloc.stop()
    assert after - before < 100_000


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (True, "true"), (False, "false"), (9.0, 9), (9.5, 9.5), ("x", "x")],
)
def test_values_are_written_so_that_people_read_them(value: object, cell: formats.Cell):
    assert written(value) == cell

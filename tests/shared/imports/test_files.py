"""Whatever a file is, it is read, or refused in one sentence."""

import gzip
import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from shared.imports import content, faults
from shared.imports.refusals import ColumnsDoNotFit, UnreadableFile
from shared.imports.table import Format, Table, open_table

TEXT = "名称,城市\n甲,北京\n乙,上海\n"
ROWS = [{"名称": "甲", "城市": "北京"}, {"名称": "乙", "城市": "上海"}]


def table(*chunks: bytes, **form: str) -> Table:
    return open_table(chunks, Format(**form))


def workbook(*rows: tuple[object, ...], sheets: tuple[str, ...] = ("Sheet1",)) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    pages = [book.add_worksheet(name) for name in sheets]
    for number, row in enumerate(rows):
        pages[-1].write_row(number, 0, row)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(TEXT.encode(), id="utf-8"),
        pytest.param(TEXT.encode("utf-8-sig"), id="utf-8 with a byte order mark"),
        pytest.param(TEXT.encode("gb18030"), id="gb18030"),
        pytest.param(TEXT.encode("gbk"), id="gbk"),
        pytest.param(TEXT.encode("utf-16"), id="utf-16"),
        pytest.param(TEXT.encode("utf-16-le"), id="utf-16 without a mark"),
        pytest.param(TEXT.encode("utf-16-be"), id="utf-16, big end first"),
        pytest.param(TEXT.replace(",", ";").encode(), id="semicolons"),
        pytest.param(TEXT.replace(",", "\t").encode(), id="tabs"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="lines of Windows"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="lines of an old Mac"),
        pytest.param(("\n\n" + TEXT + "\n,\n").encode(), id="blank lines around"),
        pytest.param(gzip.compress(TEXT.encode("gbk")), id="gzip"),
        pytest.param(
            gzip.compress(TEXT[:5].encode()) + gzip.compress(TEXT[5:].encode()), id="gzip twice"
        ),
        pytest.param(workbook(("名称", "城市"), ("甲", "北京"), ("乙", "上海")), id="xlsx"),
        pytest.param(
            gzip.compress(workbook(("名称", "城市"), ("甲", "北京"), ("乙", "上海"))),
            id="xlsx in gzip",
        ),
    ],
)
def test_a_file_is_read_by_its_content(raw: bytes):
    assert [dict(row.cells) for row in table(raw).rows] == ROWS


def test_a_file_may_come_in_any_pieces():
    raw = gzip.compress(TEXT.encode())

    found = table(*(raw[at : at + 3] for at in range(0, len(raw), 3)))

    assert [dict(row.cells) for row in found.rows] == ROWS


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"\n \n", "empty", id="only blank lines"),
        pytest.param(workbook(), "empty", id="an empty workbook"),
        pytest.param(gzip.compress(TEXT.encode() * 99)[:-20], "cut short", id="half a gzip file"),
        pytest.param(workbook(("a",), ("b",))[:-200], "cut short", id="half a workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 99, ".xls", id="an old workbook"),
        pytest.param(b"%PDF-1.7\n%", "PDF", id="a PDF"),
        pytest.param(bytes(range(1, 256)) * 9, "neither UTF-8", id="noise"),
        pytest.param(b"a,b,a\n1,2,3\n", "“a” more than once", id="a column twice"),
    ],
)
def test_what_cannot_be_a_table_is_refused_in_a_sentence(raw: bytes, sentence: str):
    with pytest.raises((UnreadableFile, ColumnsDoNotFit)) as refused:
        list(table(raw).rows)

    assert sentence in refused.value.message


def test_an_archive_is_not_taken_for_a_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd", "a,b\n1,2\n")

    with pytest.raises(UnreadableFile, match="not an XLSX workbook"):
        table(out.getvalue())


def test_a_bomb_in_gzip_never_unfolds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(content, "MAX_UNPACKED", 4 * content.PIECE)
    bomb = gzip.compress(b"a,b\n" + bytes(64 * content.PIECE))

    with pytest.raises(UnreadableFile, match="unpacks to more"):
        table(bomb)


def test_a_bomb_in_a_workbook_never_unfolds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(content, "MAX_WORKBOOK", 1000)

    with pytest.raises(UnreadableFile, match="unpacks to more"):
        table(workbook(*(("word", "word") for _ in range(1000))))


def test_a_giant_cell_spoils_its_row_and_is_named():
    raw = b"a,b\n1,2\n3," + b"x" * 10_000_000 + b"\n4,5\n"

    rows = list(table(raw).rows)

    assert [(row.number, row.field, row.reason) for row in rows] == [
        (2, "", ""),
        (3, "b", "the cell is longer than 32000 characters"),
        (4, "", ""),
    ]


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("x,\n", id="short lines"),
        pytest.param('say ""no""\r\n', id="quotes"),
        pytest.param("x" * 1_000_000 + "\n", id="long lines"),
    ],
)
def test_a_giant_cell_of_many_lines_spoils_its_row_and_is_named(inside: str):
    giant = inside * (10_000_000 // len(inside))
    raw = f'a,b,c\n1,2,3\n4,"{giant}",5\n6,"7\n8",9\n'.encode()

    rows = list(table(raw).rows)

    assert [(row.number, row.field, row.reason) for row in rows] == [
        (2, "", ""),
        (3, "b", "the cell is longer than 32000 characters"),
        (4, "", ""),
    ]
    assert (rows[1].cells["a"], rows[1].cells["c"]) == ("4", "5")


def test_rows_behind_a_quote_that_is_never_closed_are_not_taken_for_its_cell():
    good = "".join(f"{number},x\n" for number in range(3000))

    rows = list(table(f'a,b\n1,"open\n{good}5,17"\n'.encode()).rows)

    assert [row.number for row in rows if row.reason] == [2]
    assert len(rows) == 3002


def test_a_quote_that_is_never_closed_spoils_only_its_row():
    raw = b'a,b\n1,2\n3,"open\n4,5\n6,7\n'

    rows = list(table(raw).rows)

    assert [(row.number, row.reason) for row in rows] == [
        (2, ""),
        (3, "a quotation mark is opened and never closed"),
        (4, ""),
        (5, ""),
    ]


def test_a_cell_may_hold_lines_and_quotes():
    raw = b'a,b\n1,"two\nlines, ""quoted"""\n2,5" pipe\n'

    cells = [row.cells["b"] for row in table(raw).rows]

    assert cells == ['two\nlines, "quoted"', '5" pipe']


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        pytest.param(b"1", "", "the header has 2 columns, this row 1", id="half a row"),
        pytest.param(b"1,2,3", "", "the header has 2 columns, this row 3", id="too many cells"),
        pytest.param(b"1,\xff\xfe", "b", "the cell holds bytes that are not text", id="bytes"),
        pytest.param(b"1,\x00", "b", "the cell holds a null character", id="null"),
    ],
)
def test_a_spoilt_row_says_why(line: bytes, field: str, reason: str):
    good = "好,吗\n".encode()

    rows = list(table(b"a,b\n" + good + line + b"\n" + good).rows)

    assert [row.reason for row in rows[::2]] == ["", ""]
    assert rows[1].number == 3
    assert rows[1].field == field
    assert rows[1].reason.startswith(reason)


def test_cells_of_a_workbook_become_text_as_people_see_it():
    raw = workbook(("n", "f", "d", "b"), (13800138000, 1.5, date(2024, 2, 29), True))

    (row,) = table(raw).rows

    assert dict(row.cells) == {"n": "13800138000", "f": "1.5", "d": "2024-02-29", "b": "true"}
    assert row.number == 2


def test_the_sheet_can_be_named():
    raw = workbook(("a",), ("1",), sheets=("Cover", "Data"))

    assert [row.cells["a"] for row in table(raw, sheet="Data").rows] == ["1"]
    with pytest.raises(UnreadableFile, match="no sheet called 'Else'; it has: Cover, Data"):
        table(raw, sheet="Else")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("客户名单\n名称,城市,电话\n甲,北京,1\n".encode(), id="one line"),
        pytest.param(
            "客户名单,,\n2026年,,\n\n名称,城市,电话\n甲,北京,1\n".encode("gbk"), id="more"
        ),
        pytest.param("客户名单\n名称;城市;电话\n甲;北京;1\n".encode(), id="semicolons"),
        pytest.param(
            workbook(("客户名单",), ("名称", "城市", "电话"), ("甲", "北京", 1)), id="a merged cell"
        ),
    ],
)
def test_what_stands_above_the_header_is_passed_over(raw: bytes):
    assert [dict(row.cells) for row in table(raw).rows] == [
        {"名称": "甲", "城市": "北京", "电话": "1"}
    ]


def test_a_header_of_one_column_is_no_title():
    rows = list(table(b"id\n1\n2,13800138000,b\n").rows)

    assert [row.cells["id"] for row in rows] == ["1", "2"]
    assert "1 columns, this row 3" in rows[1].reason


def test_an_error_in_a_cell_of_a_workbook_is_named():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name in ("Cover & more", "Data"):
        page: Any = book.add_worksheet(name)
    page.write_row(0, 0, ("a", "b", "c"))
    page.write_row(1, 0, (1, 2, 3))
    page.write_formula(2, 1, "=NA()", value="#N/A")
    page.write_formula(3, 0, "=1+1", None, 2)
    page.write_formula(3, 2, '=IF(1>0,1/0,"<v>")', value="#DIV/0!")
    book.close()

    rows = list(table(out.getvalue(), sheet="Data").rows)

    assert [(row.number, row.field, row.reason) for row in rows] == [
        (2, "", ""),
        (3, "b", "the cell holds the error #N/A"),
        (4, "c", "the cell holds the error #DIV/0!"),
    ]
    assert rows[2].cells["a"] == "2"


def test_a_sheet_of_errors_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(faults, "MOST", 1)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page: Any = book.add_worksheet()
    page.write_row(0, 0, ("a", "b"))
    page.write_formula(1, 0, "=NA()", value="#N/A")
    page.write_formula(1, 1, "=NA()", value="#N/A")
    book.close()

    with pytest.raises(UnreadableFile, match="hold errors"):
        table(out.getvalue())

"""Files arrive over HTTP, and people see what became of them."""

import base64
import csv
import io
from uuid import UUID, uuid4

import pytest
import xlsxwriter

from shared.imports import watching
from tests.shared.imports.conftest import Desk

FILE = b"id,name,price\n1,chair,20\n2,table,x\n"


def encoded(mapping: str) -> dict[str, str]:
    return {"Import-Mapping": base64.b64encode(mapping.encode()).decode()}


async def work(desk: Desk) -> None:
    while await desk.workshop.step():
        pass


async def test_a_file_is_kept_at_once_and_taken_in_later(desk: Desk):
    operator = await desk.hire("operator")

    sent = await desk.send(operator, FILE, file_name="things.csv")
    queued = sent.json()
    await work(desk)
    done = (await desk.get(operator, sent.headers["Location"])).json()

    assert sent.status_code == 202
    assert (queued["state"], queued["file_size"], queued["file_name"]) == (
        "queued",
        len(FILE),
        "things.csv",
    )
    assert (done["state"], done["created"], done["rejected"]) == ("done", 1, 1)
    assert done["columns"] == {"id": "id", "name": "name", "price": "price"}


async def test_a_mapping_comes_in_a_header(desk: Desk):
    operator = await desk.hire("operator")
    mapping = "system: old\nhistory: true\ncolumns: {id: 编号, name: 品名}\n"

    sent = await desk.send(operator, "编号,品名\n1,椅子\n".encode("gbk"), headers=encoded(mapping))
    await work(desk)

    shown = (await desk.get(operator, sent.headers["Location"])).json()
    assert (shown["system"], shown["history"], shown["encoding"]) == ("old", True, "gb18030")
    assert await desk.workshop.things() == {"1": ("椅子", 0)}


async def test_a_wrong_mapping_is_refused_with_its_place(desk: Desk):
    operator = await desk.hire("operator")

    refused = await desk.send(operator, FILE, headers=encoded("system: old\ncolums: {}\n"))

    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["line"], problem["column"]) == (2, 1)
    assert "did you mean “columns”?" in problem["detail"]


async def test_a_header_that_is_no_base64_is_refused(desk: Desk):
    operator = await desk.hire("operator")

    refused = await desk.send(operator, FILE, headers={"Import-Mapping": "system: old"})

    assert refused.status_code == 422


async def test_a_dry_run_is_asked_for_in_the_address(desk: Desk):
    operator = await desk.hire("operator")

    sent = await desk.send(operator, FILE, dry_run="true")
    await work(desk)

    shown = (await desk.get(operator, sent.headers["Location"])).json()
    assert (shown["dry_run"], shown["created"]) == (True, 1)
    assert await desk.workshop.things() == {}


async def test_an_unknown_kind_and_an_empty_body_are_refused(desk: Desk):
    operator = await desk.hire("operator")

    unknown = await desk.send(operator, FILE, kind="dreams")
    empty = await desk.send(operator, b"")

    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/unknown-import-kind")
    assert (empty.status_code, empty.json()["type"]) == (422, "/problems/nothing-sent")


async def test_a_seller_may_not_import(desk: Desk):
    seller = await desk.hire("seller")

    assert (await desk.send(seller, FILE)).status_code == 403


async def test_somebody_elses_file_is_not_shown(desk: Desk):
    operator = await desk.hire("operator")
    elsewhere = await desk.hire("manager", unit_id=uuid4())
    sent = await desk.send(operator, FILE)

    shown = await desk.get(elsewhere, sent.headers["Location"])
    errors = await desk.get(elsewhere, sent.headers["Location"] + "/errors")
    listed = await desk.get(elsewhere, "/imports")

    assert (shown.status_code, errors.status_code) == (404, 404)
    assert listed.json()["items"] == []


async def test_files_are_listed_page_by_page_the_newest_first(desk: Desk):
    operator = await desk.hire("operator")
    for number in range(3):
        await desk.send(operator, FILE, file_name=str(number))

    first = (await desk.get(operator, "/imports?limit=2")).json()
    second = (await desk.get(operator, f"/imports?limit=2&cursor={first['next_cursor']}")).json()

    assert [shown["file_name"] for shown in first["items"]] == ["2", "1"]
    assert [shown["file_name"] for shown in second["items"]] == ["0"]
    assert second["next_cursor"] is None


async def test_the_error_file_can_be_mended_and_sent_again(desk: Desk):
    operator = await desk.hire("operator")
    sent = await desk.send(operator, b'id,name,price\n1,"=cmd()",x\n2,+86 138,y\n')
    await work(desk)

    errors = await desk.get(operator, sent.headers["Location"] + "/errors")
    rows = list(csv.DictReader(io.StringIO(errors.content.decode("utf-8-sig"))))
    mended = errors.content.replace(b",x", b",1").replace(b",y", b",-2")
    await desk.send(operator, mended)
    await work(desk)

    assert [(row["row"], row["field"], row["name"]) for row in rows] == [
        ("2", "price", "'=cmd()"),
        ("3", "price", "'+86 138"),
    ]
    assert await desk.workshop.things() == {"1": ("=cmd()", 1), "2": ("+86 138", -2)}


async def test_the_same_key_with_another_mapping_is_not_the_same_request(desk: Desk):
    operator = await desk.hire("operator")
    key = {"Idempotency-Key": "once"}

    first = await desk.send(operator, FILE, headers=key)
    again = await desk.send(operator, FILE, headers=key)
    other = await desk.send(operator, FILE, headers={**key, **encoded("system: old\n")})

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["id"] == first.json()["id"]
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("charset", "delimiter"),
    [("utf-8", ","), ("gb18030", ";"), ("utf-16", "\t"), ("utf-16-le", ",")],
)
async def test_the_error_file_of_a_text_is_written_like_the_text(
    desk: Desk, charset: str, delimiter: str
):
    operator = await desk.hire("operator")
    text = "id,名称,price\n甲,椅子,x\n乙,桌子,1\n".replace(",", delimiter)
    sent = await desk.send(operator, text.encode(charset))
    await work(desk)

    errors = await desk.get(operator, sent.headers["Location"] + "/errors")

    assert errors.headers["Content-Disposition"].endswith('.errors.csv"')
    read = errors.content.decode("utf-8-sig" if charset == "utf-8" else charset).lstrip("\ufeff")
    [row] = csv.DictReader(io.StringIO(read), delimiter=delimiter)
    assert (row["row"], row["field"], row["id"], row["名称"]) == ("2", "price", "甲", "椅子")


async def test_the_error_file_of_a_workbook_is_one_that_can_be_sent_again(desk: Desk):
    operator = await desk.hire("operator")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write_row(0, 0, ("id", "name", "price"))
    page.write_row(1, 0, ("1", "=cmd()", "x"))
    page.write_row(2, 0, ("2", "table", 3))
    book.close()
    sent = await desk.send(operator, out.getvalue())
    await work(desk)

    errors = await desk.get(operator, sent.headers["Location"] + "/errors")

    assert errors.headers["Content-Disposition"].endswith('.errors.xlsx"')
    again = await desk.send(operator, errors.content)
    await work(desk)
    shown = (await desk.get(operator, again.headers["Location"])).json()
    assert (shown["encoding"], shown["rejected"], shown["columns"]["id"]) == ("xlsx", 1, "id")


async def test_progress_is_said_until_the_file_is_done(desk: Desk):
    operator = await desk.hire("operator")
    sent = await desk.send(operator, FILE)
    import_id = UUID(sent.json()["id"])
    queued = await desk.workshop.look(import_id)
    await work(desk)
    done = await desk.workshop.look(import_id)

    [first] = watching.news(queued, None)
    [last] = watching.news(done, first.id)

    assert (first.event, last.event) == ("progress", "done")
    assert last.data == done
    assert watching.news(done, last.id) == []

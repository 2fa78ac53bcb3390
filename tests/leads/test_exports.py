"""Leads go out as files: all that one may see, and back in without a change."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from services.leads.queries import export as queries
from tests.leads import make
from tests.leads.office import Caller, Office
from tests.leads.test_imports import CUSTOMERS, counts, sheet, take_in
from tests.leads.test_tags import in_force, tags_of
from tests.leads.test_undone_imports import TAGS, undo

NASTY = '=HYPERLINK("http://x")'
RESTLESS = {
    "name": "李雷",
    "phone": "0512-6252 1234转88",
    "mail": "Li+news@Example.com",
    "company_name": "上海 远东（中国）有限公司",
    "source": NASTY,
    "notes": "第一行\n- 第二行",
    "attributes": {"size": 9, "vip": True, "code": "007", "said": "-1+1", "rate": 0.25},
}


async def exported(who: Caller, kind: str = "leads", **query: Any) -> bytes:
    answer = await who.get(f"/exports/{kind}", **query)
    assert answer.status_code == 200, answer.text
    return answer.content


def read(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))


def read_workbook(file: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_object(io.BytesIO(file))
    return book.get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("reveal", [False, True])
async def test_a_file_that_went_out_changes_nothing_when_it_comes_in(
    office: Office, form: str, reveal: bool
):
    await take_in(office, "leads", sheet({"external_id": "1", "name": "韩梅梅", "source": "'=x"}))
    await office.anna.captured(**RESTLESS)
    await office.olga.captured(mail="a@b.com", do_not_email=True)
    said = await office.said()
    why = {"reveal": "true", "purpose": "年度核对"} if reveal else {}

    run = await take_in(office, "leads", await exported(office.olga, format=form, **why), "{}")

    assert counts(run) == {"unchanged": 3}
    assert await office.said() == said


async def test_only_the_cells_that_were_changed_are_corrections(office: Office):
    lead_id = await office.anna.captured(**RESTLESS)
    before = await office.anna.lead(lead_id)
    [line] = read(await exported(office.olga))
    line |= {"region": "苏州", "attributes.size": "12", "phone": "13812341234"}

    run = await take_in(office, "leads", sheet(line), "{}")

    lead = await office.anna.lead(lead_id)
    assert counts(run) == {"updated": 1}
    assert lead == before | {
        name: lead[name]
        for name in ("region", "phone", "attributes", "sequence", "score", "grade", "score_due_at")
    }
    assert lead["region"] == "苏州"
    assert lead["attributes"] == RESTLESS["attributes"] | {"size": 12}
    assert await office.olga.captured(phone="13812341234") == lead_id


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_tags_go_out_and_come_back_without_a_change(office: Office, form: str):
    await in_force(office, TAGS)
    lead_id = await office.olga.captured(name="李雷", industry="水务")
    await office.olga.send("PUT", f"/leads/{lead_id}/tags/扩容")
    await office.world.advance()
    said = await office.said()

    run = await take_in(office, "leads", await exported(office.olga, format=form), "{}")

    assert counts(run) == {"unchanged": 1}
    assert await office.said() == said


async def test_a_tag_that_was_added_to_the_file_is_put_on_and_can_be_undone(office: Office):
    await in_force(office, TAGS)
    lead_id = await office.olga.captured(name="李雷", industry="水务")
    await office.world.advance()
    [line] = read(await exported(office.olga))

    run = await take_in(office, "leads", sheet(line | {"tags": f"{line['tags']}、扩容"}), "{}")
    unknown = await take_in(office, "leads", sheet(line | {"tags": "潜水"}), "{}")

    assert line["tags"] == "水务"
    assert (counts(run), counts(unknown)) == ({"updated": 1}, {"rejected": 1})
    assert await tags_of(office, lead_id) == ["扩容", "水务"]
    assert (await undo(office, run))["restored"] == 1
    assert await tags_of(office, lead_id) == ["水务"]


async def test_a_number_that_is_somebody_else_s_is_not_taken(office: Office):
    await office.olga.captured(phone="13812341234")
    other = await office.olga.captured(phone="13900001111")
    lines = read(await exported(office.olga))
    mine = next(line for line in lines if line["external_id"] == str(other))

    run = await take_in(office, "leads", sheet(mine | {"phone": "13812341234"}), "{}")

    assert counts(run) == {"rejected": 1}
    errors = (await office.olga.get(f"/imports/{run['id']}/errors")).text
    assert "another lead goes by this" in errors


async def test_a_correction_by_file_can_be_undone(office: Office):
    lead_id = await office.olga.captured(phone="13812341234", source="baidu")
    [line] = read(await exported(office.olga))
    run = await take_in(office, "leads", sheet(line | {"source": "weibo"}), "{}")

    asked = await office.olga.send("POST", f"/imports/{run['id']}/undo")
    await office.world.advance()

    undone = (await office.olga.get(asked.headers["Location"])).json()
    assert undone["restored"] == 1
    assert (await office.olga.lead(lead_id))["source"] == "baidu"


async def test_phones_and_mails_are_masked_but_for_one_s_own(office: Office):
    mine = await office.anna.captured(phone="13812341234", mail="a@b.com")
    await office.hear(make.assigned(mine, owner_id=office.anna.id, unit_id=office.first.unit_id))

    [own] = read(await exported(office.anna))
    [theirs] = read(await exported(office.chen))

    assert (own["phone"], own["mail"]) == ("+8613812341234", "a@b.com")
    assert (theirs["phone"], theirs["mail"]) == ("", "")
    assert (theirs["lead.masked_phone"], theirs["lead.masked_mail"]) == (
        "138****1234",
        "a***@b.com",
    )


async def test_who_takes_everybody_s_phone_out_says_why_and_is_written_down(office: Office):
    await office.olga.captured(phone="13812341234")

    [line] = read(await exported(office.olga, reveal="true", purpose="年度核对"))

    assert line["phone"] == "+8613812341234"
    [entry] = await office.rows(
        "SELECT actor_id, why, after FROM audit WHERE action = 'leads.exported'"
    )
    assert (entry["actor_id"], entry["why"]) == (office.olga.id, "年度核对")
    assert entry["after"]["revealed"] is True


async def test_without_the_right_or_without_a_purpose_nothing_is_revealed(office: Office):
    seller = await office.anna.get("/exports/leads", reveal="true", purpose="neugierig")
    silent = await office.olga.get("/exports/leads", reveal="true", purpose="  ")

    assert (seller.status_code, silent.status_code) == (403, 422)


async def test_everybody_takes_out_only_what_they_may_see(office: Office):
    lead_id = await office.olga.captured(phone="13812341234")
    await office.hear(make.assigned(lead_id, owner_id=office.dan.id, unit_id=office.second.unit_id))

    seen = {
        name: len(read(await exported(who)))
        for name, who in (("anna", office.anna), ("chen", office.chen), ("dan", office.dan))
    }

    assert seen == {"anna": 0, "chen": 0, "dan": 1}


async def test_the_filters_are_those_of_the_list(office: Office):
    await office.olga.captured(phone="13812341234", source="baidu")
    await office.olga.captured(phone="13900001111", source="bing")

    lines = read(await exported(office.olga, source="bing", state="open"))

    assert [line["source"] for line in lines] == ["bing"]


async def test_there_is_no_last_row_but_the_last(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "PAGE", 7)
    monkeypatch.setattr(queries, "PAGE_OF_NAMES", 7)
    rows = [
        {"external_id": str(number), "name": "李雷", f"attributes.n{number % 3}": number}
        for number in range(28)
    ]
    names = ["external_id", "name", "attributes.n0", "attributes.n1", "attributes.n2"]
    await take_in(office, "leads", sheet(*(dict.fromkeys(names, "") | row for row in rows)))

    lines = read(await exported(office.olga))
    header, *book = read_workbook(await exported(office.olga, format="xlsx"))

    assert len({UUID(line["external_id"]) for line in lines}) == 28
    assert [name for name in header if name.startswith("attributes.")] == names[2:]
    assert len(book) == 28


async def test_a_manager_corrects_nothing_beyond_their_part(office: Office):
    lead_id = await office.olga.captured(phone="13812341234", source="baidu")
    await office.hear(make.assigned(lead_id, owner_id=office.dan.id, unit_id=office.second.unit_id))
    [line] = read(await exported(office.olga))
    manager = Caller(office.world, make.staff("Mei", unit_id=office.first.unit_id, role="manager"))
    await office.hear(manager.person)
    sent = await manager.send(
        "POST",
        "/imports/leads",
        content=sheet(line | {"source": "weibo"}),
        headers={"Content-Type": "application/octet-stream"},
    )
    await office.world.advance()

    run = (await manager.get(f"/imports/{sent.json()['id']}")).json()

    assert counts(run) == {"rejected": 1}
    assert (await office.olga.lead(lead_id))["source"] == "baidu"


ACME = {
    "external_id": "Acme",
    "name": "Acme 机械有限公司",
    "industry": "=steel",
    "attributes.size": "7",
}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_customers_that_went_out_change_nothing_when_they_come_in(office: Office, form: str):
    await take_in(office, "customers", sheet(ACME), CUSTOMERS)
    said = await office.said()

    file = await exported(office.olga, "customers", format=form)
    run = await take_in(office, "customers", file, "{}")

    assert counts(run) == {"unchanged": 1}
    assert await office.said() == said


async def test_a_changed_cell_corrects_its_customer(office: Office):
    await take_in(office, "customers", sheet(ACME), CUSTOMERS)
    [line] = read(await exported(office.olga, "customers"))

    run = await take_in(
        office, "customers", sheet(line | {"region": "浙江", "attributes.size": "8"}), "{}"
    )

    shown = (await office.olga.get(f"/customers/{line['external_id']}")).json()
    assert counts(run) == {"updated": 1}
    assert (shown["region"], shown["industry"], shown["attributes"]) == (
        "浙江",
        "=steel",
        {"size": 8},
    )


async def test_a_customer_that_nobody_knows_is_named(office: Office):
    await take_in(office, "customers", sheet(ACME), CUSTOMERS)
    [line] = read(await exported(office.olga, "customers"))

    run = await take_in(office, "customers", sheet(line | {"external_id": "no id"}), "{}")

    assert counts(run) == {"rejected": 1}

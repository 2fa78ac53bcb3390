"""Deals go out as files, with their custom fields, as far as one may see them."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from services.opportunities.domain.person import Person
from services.opportunities.queries import export as queries
from tests.opportunities.deals.sales import Sales


async def exported(sales: Sales, who: Person, query: str = "") -> list[dict[str, str]]:
    answer = await sales.ask(who, "GET", f"/exports/opportunities{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_deals_go_out_with_their_custom_fields(sales: Sales) -> None:
    deal = await sales.open(attributes={"budget_code": "=B1", "seats": 3})

    [line] = await exported(sales, sales.anna)

    assert (line["id"], line["stage"]) == (deal["id"], deal["stage"])
    assert (line["attributes.budget_code"], line["attributes.seats"]) == ("'=B1", "3")


async def test_everybody_takes_out_only_their_own(sales: Sales) -> None:
    await sales.open()

    seen = [len(await exported(sales, who)) for who in (sales.anna, sales.wu, sales.lea)]

    assert seen == [1, 0, 1]


async def test_there_is_no_last_row_but_the_last(
    sales: Sales, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    made = {(await sales.open())["id"] for _ in range(5)}

    answer = await sales.ask(sales.anna, "GET", "/exports/opportunities?format=xlsx&status=open")

    book: Any = CalamineWorkbook.from_object(io.BytesIO(answer.content))
    header, *rows = book.get_sheet_by_index(0).to_python()
    assert {row[header.index("id")] for row in rows} == made


async def test_custom_fields_are_corrected_one_by_one(sales: Sales) -> None:
    deal = await sales.open(attributes={"budget_code": "B1", "seats": 3})

    patched = await sales.patch(deal["id"], attributes={"seats": None, "vip": True})

    assert patched.json()["attributes"] == {"budget_code": "B1", "vip": True}

import base64
import csv
import io
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.opportunities.domain.person import Person
from shared.ids import external_id
from tests.opportunities.deals.sales import Answer, Sales

MAPPING = """
system: crm
history: true
pipeline:
  key: crm
  stages:
    - {key: Prospecting, probability: 0.1}
    - {key: Engaging, probability: 0.5}
    - {key: Won, kind: won, probability: 1}
    - {key: Lost, kind: lost, probability: 0}
columns:
  id: id
  seller: who
  product: {column: what, values: {Pmp: Pump}}
  customer: account
  stage: stage
  engaged_on: begun
  closed_on: ended
  amount: worth
"""
HEADER = ("id", "who", "what", "account", "stage", "begun", "ended", "worth")
ROWS = (
    ("1", "Anna", "Pump", "Acme", "Won", "2025-01-02", "2025-03-01", "900"),
    ("2", "Ben", "Pmp", "", "Lost", "2025-01-05", "2025-02-01", "0"),
    ("3", "wu", "P-1", "Globex", "Engaging", "2025-02-02", "", ""),
    ("4", "Anna", "Pump", "Acme", "Prospecting", "", "", ""),
)


async def send(sales: Sales, who: Person, *rows: tuple[str, ...], mapping: str) -> Answer:
    file = io.StringIO()
    csv.writer(file).writerows([HEADER, *rows])
    headers = sales.world.headers(who.id) | {
        "Content-Type": "application/octet-stream",
        "Import-Mapping": base64.b64encode(mapping.encode()).decode(),
    }
    return await sales.api.post(
        "/imports/opportunities", content=file.getvalue().encode(), headers=headers
    )


async def run(sales: Sales, *rows: tuple[str, ...], mapping: str = MAPPING) -> dict[str, Any]:
    """Send a file, let it be worked through, and say what became of it."""
    sent = await send(sales, sales.olga, *rows, mapping=mapping)
    assert sent.status_code == 202, sent.text
    await sales.world.advance()
    done = await sales.ask(sales.olga, "GET", f"/imports/{sent.json()['id']}")
    return done.json()


async def errors(sales: Sales, done: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Of each rejected row, by its id: the field and the reason."""
    file = await sales.ask(sales.olga, "GET", f"/imports/{done['id']}/errors")
    lines = csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))
    return {line["id"]: (line["field"], line["reason"]) for line in lines}


def deal_id(id: str) -> UUID:
    return external_id("opportunity", "crm", id)


async def test_deals_of_another_system_come_in_as_they_were(sales: Sales) -> None:
    done = await run(sales, *ROWS)

    assert (done["created"], done["rejected"]) == (4, 0)
    told = {
        event.aggregate_id: json.loads(event.payload)
        for event in await sales.events("opportunity.recorded.v1")
    }
    won, lost, engaging, prospecting = (told[deal_id(row[0])] for row in ROWS)
    assert (won["status"], won["engaged_on"], won["closed_on"]) == (
        "won",
        "2025-01-02",
        "2025-03-01",
    )
    assert [Decimal(won["facts"][name]) for name in ("amount", "list_value")] == [900, 1000]
    assert won["facts"]["customer_id"] == str(external_id("customer", "crm", "Acme"))
    assert (lost["status"], lost["facts"]["customer_id"]) == ("lost", None)
    assert (engaging["owner_id"], engaging["unit_id"]) == (str(sales.wu.id), str(sales.west))
    assert (prospecting["status"], prospecting["engaged_on"]) == ("open", None)
    assert {fact["history"] for fact in told.values()} == {True}


async def test_their_owners_are_history_too(sales: Sales) -> None:
    await run(sales, *ROWS)

    told = [json.loads(event.payload) for event in await sales.events("ownership.assigned.v1")]
    imported = [fact for fact in told if fact["reason"] == "imported"]
    assert len(imported) == 4
    assert {fact["history"] for fact in imported} == {True}


async def test_the_same_file_again_says_nothing(sales: Sales) -> None:
    await run(sales, *ROWS)
    before = len(await sales.events())

    again = await run(sales, *ROWS)

    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4)
    assert len(await sales.events()) == before


async def test_a_changed_row_is_recorded_again(sales: Sales) -> None:
    await run(sales, *ROWS)
    now_won = ("3", "wu", "P-1", "Globex", "Won", "2025-02-02", "2025-04-01", "1200")

    again = await run(sales, now_won)

    assert again["updated"] == 1
    told = await sales.events("opportunity.recorded.v1")
    assert [event.sequence for event in told if event.aggregate_id == deal_id("3")] == [1, 2]


async def test_a_deal_that_moved_on_here_is_not_overwritten(sales: Sales) -> None:
    await run(sales, *ROWS)
    theirs = str(deal_id("4"))
    moved = await sales.move(theirs, "Engaging", next_step="Call", next_step_on=await sales.soon())
    assert moved.status_code == 200, moved.text

    unchanged = await run(sales, ROWS[3])
    changed = await run(
        sales, ("4", "Anna", "Pump", "Acme", "Lost", "2025-01-01", "2025-02-02", "0")
    )

    assert (unchanged["unchanged"], changed["rejected"]) == (1, 1)
    assert (await sales.show(theirs)).json()["stage"] == "Engaging"


async def test_a_deal_that_changed_hands_here_stays_where_it_is(sales: Sales) -> None:
    await run(sales, *ROWS)
    handed_on = await sales.transfer(deal_id("4"), sales.wu)
    assert handed_on.status_code == 200, handed_on.text

    changed = await run(sales, ("4", "Anna", "Pump", "Acme", "Engaging", "2025-01-01", "", ""))

    assert changed["rejected"] == 1
    assert (await sales.show(str(deal_id("4")), sales.wu)).status_code == 200


async def test_an_open_deal_goes_on_along_the_other_system_s_stages(sales: Sales) -> None:
    await run(sales, *ROWS)
    theirs = str(deal_id("4"))

    unplanned = await sales.move(theirs, "Engaging")
    skipped = await sales.close(theirs, "won", "价格")

    assert [thing["name"] for thing in unplanned.json()["missing"]] == ["next_step"]
    assert skipped.json()["type"].endswith("stage-out-of-reach")


async def test_a_second_row_about_one_deal_is_a_duplicate_in_every_run(sales: Sales) -> None:
    twice = [ROWS[0], ROWS[1], ("1", *ROWS[0][1:7], "901")]

    first, again = await run(sales, *twice), await run(sales, *twice)

    assert (first["created"], first["duplicate"]) == (2, 1)
    assert (again["unchanged"], again["duplicate"], again["updated"]) == (2, 1, 0)


async def test_rows_that_cannot_be_facts_are_named_and_the_rest_goes_in(sales: Sales) -> None:
    done = await run(
        sales,
        ROWS[0],
        ("b", "Nobody", "Pump", "Acme", "Won", "2025-01-02", "2025-03-01", "900"),
        ("c", "Anna", "Valve", "Acme", "Won", "2025-01-02", "2025-03-01", "900"),
        ("d", "Anna", "Pump", "Acme", "Won", "2025-02-30", "2025-03-01", "900"),
        ("e", "Anna", "Pump", "Acme", "Won", "2025-03-02", "2025-03-01", "900"),
        ("f", "Anna", "Pump", "Acme", "Won", "2025-01-02", "", "900"),
        ("g", "Anna", "Pump", "Acme", "Won", "2025-01-02", "2025-03-01", ""),
        ("h", "Anna", "Pump", "Acme", "Signed", "2025-01-02", "", ""),
        ("i", "Anna", "Pump", "Acme", "Won", "2025-01-02", "2025-03-01", "a lot"),
    )

    assert (done["created"], done["rejected"]) == (1, 8)
    assert {row: field.split()[0] for row, (field, _) in (await errors(sales, done)).items()} == {
        "b": "seller",
        "c": "product",
        "d": "engaged_on",
        "e": "closed_on",
        "f": "closed_on",
        "g": "amount",
        "h": "stage",
        "i": "amount",
    }


async def test_a_name_that_two_people_bear_is_nobody_s(sales: Sales) -> None:
    async with sales.world["opportunities"].database.tx() as tx:
        await tx.execute("UPDATE person SET name = 'Sam' WHERE username IN ('anna', 'ben')")

    done = await run(sales, ("1", "Sam", *ROWS[0][2:]), ("2", "anna", *ROWS[0][2:]))

    assert (done["created"], done["rejected"]) == (1, 1)
    assert (await errors(sales, done))["1"][0] == "seller"


async def test_deals_of_another_system_are_history_or_nothing(sales: Sales) -> None:
    done = await run(sales, *ROWS, mapping=MAPPING.replace("history: true", ""))

    assert (done["created"], done["rejected"]) == (0, 4)


async def test_their_pipeline_is_one_version_however_often_it_is_declared(sales: Sales) -> None:
    await run(sales, *ROWS)
    await run(sales, *ROWS)
    await run(sales, *ROWS, mapping=MAPPING.replace("probability: 0.5", "probability: 0.6"))

    pipelines = (await sales.ask(sales.anna, "GET", "/pipelines")).json()["items"]

    assert {found["key"]: found["version"] for found in pipelines} == {"crm": 2, "standard": 1}


async def test_only_operators_record_history(sales: Sales) -> None:
    answer = await send(sales, sales.mia, *ROWS, mapping=MAPPING)

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("history-is-for-operators")

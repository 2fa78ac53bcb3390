import base64
import csv
import io
from datetime import timedelta
from pathlib import Path

import services
from shared.ids import external_id
from tests.opportunities.owners.house import House, Json

EXAMPLES = Path(services.__path__[0]).parent / "docs" / "examples"
CHART = """sales_agent,manager,regional_office
Anna Snelling,Dustin Brinkmann,Central
Cecily Lampkin,Dustin Brinkmann,Central
王伟,李娜,华东
"""
PRICES = """product,series,sales_price
GTX Basic,GTX,550
GTX Pro,GTX,4821
"""


async def take_in(house: House, kind: str, text: str, who: str | None = None) -> Json:
    """Import a file as the examples map it, and wait until it is worked through."""
    mapping = (EXAMPLES / f"maven_crm_{kind}.yaml").read_bytes()
    headers = {
        **house.world.headers(external_id("person", "shangji", "operator")),
        "Import-Mapping": base64.b64encode(mapping).decode(),
        "Content-Type": "text/csv",
    }
    if who:
        headers["Authorization"] = who
    answer = await house.api.post(f"/imports/{kind}", headers=headers, content=text.encode())
    assert answer.status_code == 202, answer.text
    await house.world.advance(timedelta(0))
    return (await house.ask(house.operator, "GET", f"/imports/{answer.json()['id']}")).json()


async def errors_of(house: House, run: Json) -> list[dict[str, str]]:
    """The rows that did not fit."""
    answer = await house.ask(house.operator, "GET", f"/imports/{run['id']}/errors")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_a_chart_of_sellers_becomes_regions_teams_and_people(house: House):
    run = await take_in(house, "directory", CHART)

    units = await house.rows(
        """
        SELECT unit.name, unit.kind, parent.name AS parent, leader.name AS leader
          FROM unit
          JOIN unit AS parent ON parent.id = unit.parent_id
          LEFT JOIN person AS leader ON leader.id = unit.lead_person_id
         ORDER BY unit.kind, unit.name
        """
    )
    assert (run["rows"], run["created"]) == (3, 3)
    assert [tuple(unit) for unit in units] == [
        ("Central", "region", "Enterprise", None),
        ("华东", "region", "Enterprise", None),
        ("Dustin Brinkmann", "team", "Central", "Dustin Brinkmann"),
        ("李娜", "team", "华东", "李娜"),
    ]


async def test_imported_people_have_ids_that_everybody_can_derive(house: House):
    await take_in(house, "directory", CHART)

    people = await house.rows("SELECT id, username, roles FROM person WHERE name = '王伟'")

    assert [tuple(person) for person in people] == [
        (external_id("person", "maven_crm", "王伟"), "wangwei", ["seller"])
    ]


async def test_the_same_file_twice_changes_nothing(house: House):
    await take_in(house, "directory", CHART)
    await take_in(house, "products", PRICES)
    before = len(await house.said())

    charts = await take_in(house, "directory", CHART)
    prices = await take_in(house, "products", PRICES)

    assert (charts["unchanged"], prices["unchanged"]) == (3, 2)
    assert len(await house.said()) == before


async def test_a_seller_who_moved_is_updated_and_nobody_else(house: House):
    await take_in(house, "directory", CHART)

    run = await take_in(
        house, "directory", CHART.replace("Cecily Lampkin,Dustin", "Cecily Lampkin,Melvin")
    )

    assert (run["created"], run["updated"], run["unchanged"]) == (0, 1, 2)


async def test_two_people_of_one_name_sign_in_with_different_ones(house: House):
    await house.person("anna.snelling")

    await take_in(house, "directory", CHART)

    [row] = await house.rows("SELECT username FROM person WHERE name = 'Anna Snelling'")
    assert row["username"] == "anna.snelling2"


async def test_bad_rows_are_rejected_with_field_and_reason_and_the_rest_goes_on(house: House):
    await house.unit("华东")

    charts = await take_in(house, "directory", CHART)
    prices = await take_in(house, "products", f"{PRICES},MG,55\nMG Special,MG,cheap\n")

    assert (charts["created"], charts["rejected"]) == (2, 1)
    assert [(e["row"], e["field"]) for e in await errors_of(house, charts)] == [("4", "region")]
    assert (prices["created"], prices["rejected"]) == (2, 2)


async def test_a_price_list_becomes_products(house: House):
    await take_in(house, "products", PRICES)

    shown = (await house.ask(house.operator, "GET", "/products")).json()["items"]

    assert {(p["code"], p["list_price"], p["currency"]) for p in shown} == {
        ("GTX Basic", "550.00", "USD"),
        ("GTX Pro", "4821.00", "USD"),
    }


async def test_a_manager_cannot_change_the_directory_by_a_file(house: House):
    lea = await house.person("lea", roles=["manager"])
    token = house.world.headers(lea["id"])["Authorization"]

    run = await take_in(house, "directory", CHART, who=token)

    assert (run["rejected"], len(await house.rows("SELECT id FROM unit"))) == (3, 1)

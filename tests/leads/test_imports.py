"""Files of leads and customers: twice, changed, bad in parts, and as history."""

import base64
import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.ids import external_id
from tests.leads.office import Json, Office

HISTORY = "kind: leads\nsystem: crm\nhistory: true\n"
LIVE = "kind: leads\nsystem: crm\n"
CUSTOMERS = "kind: customers\nsystem: crm\n"


def sheet(*rows: dict[str, Any]) -> bytes:
    """A CSV file of these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


async def take_in(office: Office, kind: str, file: bytes, mapping: str = LIVE) -> Json:
    """Import a file, and what became of it."""
    sent = await office.olga.send(
        "POST",
        f"/imports/{kind}",
        content=file,
        headers={
            "Content-Type": "application/octet-stream",
            "Import-Mapping": base64.b64encode(mapping.encode()).decode(),
        },
    )
    assert sent.status_code == 202, sent.text
    await office.world.advance()
    done = (await office.olga.get(f"/imports/{sent.json()['id']}")).json()
    assert done["state"] == "done", done
    return done


def counts(run: Json) -> dict[str, int]:
    """Only what happened."""
    effects = ("created", "updated", "unchanged", "duplicate", "rejected")
    return {effect: run[effect] for effect in effects if run[effect]}


async def types(office: Office) -> Sequence[str]:
    return sorted(await office.said())


async def test_rows_become_leads_that_other_services_can_name(office: Office):
    file = sheet({"external_id": "7", "name": "李雷", "phone": "13812341234", "source": "baidu"})

    run = await take_in(office, "leads", file)

    assert counts(run) == {"created": 1}
    lead = await office.olga.lead(external_id("lead", "crm", "7"))
    assert (lead["source"], lead["channel"], lead["history"]) == ("baidu", "import", False)
    assert lead["external"] == {"system": "crm", "id": "7"}


async def test_a_row_joins_a_lead_that_asked_for_a_product(office: Office):
    product_id = external_id("product", "crm", "BV-50")
    known = await office.anna.captured(phone="13812341234", product_id=str(product_id))
    file = sheet({"external_id": "7", "name": "李雷", "phone": "13812341234"})

    run = await take_in(office, "leads", file)

    assert counts(run) == {"duplicate": 1}
    assert (await office.anna.lead(known))["product_id"] == str(product_id)


async def test_the_same_file_twice_changes_nothing(office: Office):
    file = sheet(
        {"external_id": "1", "name": "李雷", "phone": "13812341234"},
        {"external_id": "2", "name": "同一个人", "phone": "13812341234"},
        {"external_id": "3", "name": "韩梅梅", "phone": ""},
    )
    first = await take_in(office, "leads", file)
    said = await types(office)

    second = await take_in(office, "leads", file)

    assert counts(first) == {"created": 2, "duplicate": 1}
    assert counts(second) == {"unchanged": 3}
    assert await types(office) == said


async def test_only_a_row_that_changed_is_announced(office: Office):
    before = {"external_id": "1", "name": "李雷", "source": "baidu"}
    other = {"external_id": "2", "name": "韩梅梅", "source": "bing"}
    await take_in(office, "leads", sheet(before, other))

    run = await take_in(office, "leads", sheet({**before, "source": "weibo"}, other))

    assert counts(run) == {"updated": 1, "unchanged": 1}
    changed = external_id("lead", "crm", "1")
    assert (await office.said(changed))[-1] == "lead.updated.v1"
    assert (await office.olga.lead(changed))["source"] == "weibo"


async def test_a_bad_row_is_rejected_and_the_rest_goes_on(office: Office):
    file = sheet(
        {"external_id": "1", "name": "李雷", "phone": "12"},
        {"external_id": "", "name": "韩梅梅", "phone": ""},
        {"external_id": "3", "name": "好", "phone": "13812341234"},
    )

    run = await take_in(office, "leads", file)

    assert counts(run) == {"created": 1, "rejected": 2}
    errors = (await office.olga.get(f"/imports/{run['id']}/errors")).text
    assert "phone" in errors
    assert "external_id" in errors


async def test_history_closes_leads_by_their_outcome_and_asks_for_no_owner(office: Office):
    file = sheet(
        {"external_id": "1", "outcome": "converted", "captured_at": "2017-03-01"},
        {"external_id": "2", "outcome": "not_converted", "captured_at": "2017-03-02"},
    )

    run = await take_in(office, "leads", file, HISTORY)

    assert counts(run) == {"created": 2}
    lead = await office.olga.lead(external_id("lead", "crm", "1"))
    assert (lead["state"], lead["outcome"], lead["history"]) == ("closed", "converted", True)
    assert lead["captured_at"].startswith("2017-0")
    assert await office.said(UUID(lead["id"])) == [
        "lead.captured.v1",
        "lead.scored.v1",
        "lead.outcome_recorded.v1",
    ]


async def test_what_was_measured_can_be_scored(office: Office):
    file = sheet(
        {"external_id": "1", "attributes.total_visits": "9", "attributes.seconds_on_site": "1532"}
    )
    mapping = (
        LIVE + "columns:\n  external_id: external_id\n"
        "  attributes.total_visits: attributes.total_visits\n"
        "  attributes.seconds_on_site: attributes.seconds_on_site\n"
    )

    await take_in(office, "leads", file, mapping)

    lead = await office.olga.lead(external_id("lead", "crm", "1"))
    assert lead["attributes"] == {"total_visits": 9, "seconds_on_site": 1532}
    assert lead["score"] == 25


async def test_an_imported_row_joins_whoever_came_before_it(office: Office):
    known = await office.olga.captured(phone="13812341234")

    run = await take_in(
        office, "leads", sheet({"external_id": "1", "name": "李雷", "phone": "13812341234"})
    )

    assert counts(run) == {"duplicate": 1}
    assert (await office.olga.lead(known))["name"] == "李雷"


async def test_customers_are_taken_in_corrected_and_left_alone(office: Office):
    acme = {"external_id": "Acme", "name": "Acme Corporation", "industry": "technolgy"}
    beta = {"external_id": "Beta", "name": "Betatech", "industry": "medical"}

    first = await take_in(office, "customers", sheet(acme, beta), CUSTOMERS)
    second = await take_in(
        office, "customers", sheet({**acme, "industry": "technology"}, beta), CUSTOMERS
    )

    assert counts(first) == {"created": 2}
    assert counts(second) == {"updated": 1, "unchanged": 1}
    acme_id = external_id("customer", "crm", "Acme")
    assert await office.said(acme_id) == ["customer.registered.v1", "customer.updated.v1"]
    shown = (await office.olga.get(f"/customers/{acme_id}")).json()
    assert (shown["industry"], shown["unit_id"]) == ("technology", str(office.olga.person.unit_id))


async def test_a_lead_of_an_imported_customer_is_linked_to_it(office: Office):
    await take_in(
        office, "customers", sheet({"external_id": "Acme", "name": "Acme Corp"}), CUSTOMERS
    )
    lead_id = await office.anna.captured(company_name="ACME Co., Ltd.")

    made = await office.anna.send("POST", f"/leads/{lead_id}/convert", {})

    assert made.json()["customer_id"] == str(external_id("customer", "crm", "Acme"))


async def test_a_rehearsal_counts_and_writes_nothing(office: Office):
    sent = await office.olga.send(
        "POST",
        "/imports/leads?dry_run=true",
        content=sheet({"external_id": "1", "name": "李雷"}),
        headers={
            "Content-Type": "application/octet-stream",
            "Import-Mapping": base64.b64encode(LIVE.encode()).decode(),
        },
    )
    await office.world.advance()

    run = (await office.olga.get(f"/imports/{sent.json()['id']}")).json()

    assert counts(run) == {"created": 1}
    assert await office.rows("SELECT id FROM lead") == []
    assert await types(office) == []


async def test_a_column_of_tags_is_put_on_but_nothing_that_somebody_took_off(office: Office):
    row = {"external_id": "7", "name": "李雷", "tags": "重点客户；扩容", "notes": "first"}
    await take_in(office, "leads", sheet(row))
    lead_id = external_id("lead", "crm", "7")
    await office.olga.send("DELETE", f"/leads/{lead_id}/tags/扩容")

    await take_in(office, "leads", sheet({**row, "notes": "second"}))
    run = await take_in(office, "leads", sheet({**row, "tags": "重点客户、潜水"}))

    assert (await office.olga.lead(lead_id))["tags"] == ["重点客户"]
    assert counts(run) == {"rejected": 1}

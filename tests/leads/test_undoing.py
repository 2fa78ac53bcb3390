"""A conversion is undone within a while, together with whoever has the deal."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import ActivityLogged
from shared.ids import new_id
from tests.leads import make
from tests.leads.office import Json, Office
from tests.leads.test_conversion import DEAL, converted, policy
from tests.leads.test_groups import ANY
from tests.leads.test_imports import counts, sheet, take_in

MOBILE = "13812341234"
LEAD: dict[str, Any] = {"name": "李雷", "phone": MOBILE, "company_name": "Acme有限公司"}


async def convert(office: Office, *, deal: bool = False, **changes: Any) -> Json:
    """A lead that was converted just now."""
    lead_id = await office.anna.captured(**(LEAD | changes))
    body = DEAL if deal else {}
    answer = await office.anna.send("POST", f"/leads/{lead_id}/convert", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def undo(office: Office, lead_id: str) -> Json:
    """Ask for it to be taken back."""
    return await office.anna.send("POST", f"/leads/{lead_id}/conversion/undo", {"why": "点错了"})


async def standing(office: Office, lead_id: str) -> Json:
    """The latest conversion of a lead."""
    return (await office.anna.get(f"/leads/{lead_id}/conversions")).json()[0]


async def test_without_a_deal_it_is_undone_at_once_and_leaves_nothing(office: Office):
    made = await convert(office)

    answer = await undo(office, made["lead_id"])

    assert (answer.status_code, answer.json()["state"]) == (202, "undone")
    lead = await office.anna.lead(UUID(made["lead_id"]))
    assert (lead["state"], lead["outcome"], lead["customer_id"]) == ("open", None, None)
    assert (await office.anna.get("/customers")).json()["items"] == []
    assert (await office.anna.get("/contacts")).json()["items"] == []
    assert await office.said(UUID(made["customer_id"])) == [
        "customer.registered.v1",
        "customer.withdrawn.v1",
    ]
    assert await office.said(UUID(made["contact_id"])) == [
        "contact.added.v1",
        "contact.withdrawn.v1",
    ]


async def test_the_lead_can_be_converted_again_to_a_customer_of_the_same_name(office: Office):
    made = await convert(office)
    await undo(office, made["lead_id"])

    again = await office.anna.send("POST", f"/leads/{made['lead_id']}/convert", {})

    assert again.status_code == 201, again.text
    assert again.json()["customer_id"] != made["customer_id"]
    states = [
        each["state"]
        for each in (await office.anna.get(f"/leads/{made['lead_id']}/conversions")).json()
    ]
    assert states == ["standing", "undone"]


async def test_with_a_deal_the_lead_waits_until_the_deal_may_go(office: Office):
    made = await convert(office, deal=True)
    lead_id, deal_id = UUID(made["lead_id"]), UUID(made["opportunity_id"])
    await office.hear(make.opened(deal_id, lead_id=lead_id, customer_id=UUID(made["customer_id"])))

    asked = await undo(office, made["lead_id"])
    twice = await undo(office, made["lead_id"])
    waiting = await office.anna.lead(lead_id)
    await office.hear(make.withdrawn(deal_id, lead_id=lead_id))

    assert (asked.json()["state"], waiting["state"]) == ("recalled", "converted")
    assert twice.json()["type"] == "/problems/being-undone"
    lead = await office.anna.lead(lead_id)
    assert (lead["state"], lead["opportunity_id"], lead["outcome"]) == ("open", None, None)
    assert (await standing(office, made["lead_id"]))["state"] == "undone"


async def test_a_deal_that_has_moved_on_keeps_the_conversion_and_says_why(office: Office):
    made = await convert(office, deal=True)
    lead_id, deal_id = UUID(made["lead_id"]), UUID(made["opportunity_id"])
    await office.hear(make.opened(deal_id, lead_id=lead_id))
    await undo(office, made["lead_id"])

    await office.hear(make.kept(deal_id, "changed", "worked_on", lead_id=lead_id))

    refused = await undo(office, made["lead_id"])
    assert (await office.anna.lead(lead_id))["state"] == "converted"
    assert (await standing(office, made["lead_id"]))["kept_for"] == ["changed", "worked_on"]
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/deal-has-moved-on")
    assert (await office.anna.get(f"/customers/{made['customer_id']}")).status_code == 200


async def test_of_five_who_undo_at_once_one_does(office: Office):
    made = await convert(office)

    answers = await asyncio.gather(*(undo(office, made["lead_id"]) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409, 409]
    assert (await office.said(UUID(made["lead_id"]))).count("lead.conversion_undone.v1") == 1


async def test_an_undo_and_another_lead_of_the_company_at_once_never_meet_in_a_withdrawn_customer(
    office: Office,
):
    for number in range(5):
        company = f"Acme {number}"
        made = await convert(office, company_name=company, phone=f"1380000001{number}")
        other = await office.anna.captured(company_name=company, phone=f"1380000002{number}")

        undone, again = await asyncio.gather(
            undo(office, made["lead_id"]),
            office.anna.send("POST", f"/leads/{other}/convert", {}),
        )

        assert (undone.status_code, again.status_code) == (202, 201), again.text
        customer = await office.anna.get(f"/customers/{again.json()['customer_id']}")
        assert customer.json()["withdrawn_at"] is None


async def test_it_is_too_late_once_the_window_of_the_policy_has_passed(office: Office):
    await policy(office, undo_hours=1)
    made = await convert(office)
    await office.world.advance(timedelta(hours=1, minutes=1))

    refused = await undo(office, made["lead_id"])

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-late-to-undo")
    assert (await office.anna.lead(UUID(made["lead_id"])))["state"] == "converted"


async def test_a_lead_that_was_never_converted_has_nothing_to_undo(office: Office):
    lead_id = await office.anna.captured(**LEAD)

    refused = await undo(office, str(lead_id))

    assert refused.json()["type"] == "/problems/not-converted"


def activity(office: Office, kind: SubjectKind, subject_id: str) -> ActivityLogged:
    """Anna did something about it."""
    return ActivityLogged(
        activity_id=new_id(),
        subject_kind=kind,
        subject_id=UUID(subject_id),
        kind="visit",
        done_by=office.anna.id,
        unit_id=office.first.unit_id,
        done_at=make.NOW,
    )


@pytest.mark.parametrize(
    "happened", ["another lead", "corrected", "visited", "another contact", "a subsidiary"]
)
async def test_a_customer_that_something_has_happened_to_stays(office: Office, happened: str):
    made = await convert(office)
    path = f"/customers/{made['customer_id']}"
    match happened:
        case "another lead":
            await converted(office, company_name="Acme有限公司", phone="13800000000")
        case "corrected":
            await office.anna.send("PATCH", path, {"level": "A"}, headers=ANY)
        case "visited":
            await office.hear(activity(office, "customer", made["customer_id"]))
        case "another contact":
            body = {"customer_id": made["customer_id"], "name": "韩梅梅"}
            await office.anna.send("POST", "/contacts", body)
        case _:
            child = (await office.anna.send("POST", "/customers", {"name": "Acme一厂"})).json()
            parent = {"parent_id": made["customer_id"]}
            await office.anna.send("PUT", f"/customers/{child['id']}/parent", parent, headers=ANY)

    answer = await undo(office, made["lead_id"])

    assert answer.json()["state"] == "undone"
    assert (await office.anna.get(path)).json()["withdrawn_at"] is None
    contact = (await office.anna.get(f"/contacts/{made['contact_id']}")).json()
    assert contact["withdrawn_at"] is not None


async def test_a_customer_who_was_known_before_is_not_withdrawn(office: Office):
    known = (await office.anna.send("POST", "/customers", {"name": "Acme"})).json()
    made = await convert(office)

    await undo(office, made["lead_id"])

    assert made["customer_id"] == known["id"]
    assert (await office.anna.get(f"/customers/{known['id']}")).json()["withdrawn_at"] is None


async def test_a_contact_who_speaks_for_others_keeps_their_customer_too(office: Office):
    made = await convert(office)
    other = (await office.anna.send("POST", "/customers", {"name": "Other"})).json()
    path = f"/contacts/{made['contact_id']}/organisations/{other['id']}"
    await office.anna.send("PUT", path, {"role": ""})

    await undo(office, made["lead_id"])

    contact = (await office.anna.get(f"/contacts/{made['contact_id']}")).json()
    customer = (await office.anna.get(f"/customers/{made['customer_id']}")).json()
    assert (contact["withdrawn_at"], customer["withdrawn_at"]) == (None, None)


async def test_a_deal_opened_with_a_customer_in_the_moment_it_is_withdrawn_brings_it_back(
    office: Office,
):
    made = await convert(office)
    customer_id = UUID(made["customer_id"])
    await undo(office, made["lead_id"])

    await office.hear(make.opened(new_id(), customer_id=customer_id))

    customer = (await office.anna.get(f"/customers/{customer_id}")).json()
    again = await office.olga.send("POST", "/customers", {"name": "Acme有限公司"})
    assert customer["withdrawn_at"] is None
    assert again.json()["customer_id"] == made["customer_id"]
    assert (await office.said(customer_id))[-1] == "customer.reinstated.v1"


async def test_rows_of_a_file_are_converted_as_they_say(office: Office):
    file = sheet(
        {"external_id": "1", "company_name": "Acme", "name": "李雷", "convert": "deal"},
        {"external_id": "2", "company_name": "Beta", "name": "韩梅梅", "convert": "customer"},
        {"external_id": "3", "company_name": "Gamma", "name": "王伟", "convert": ""},
        {"external_id": "4", "company_name": "", "name": "无名", "convert": "customer"},
    )

    run = await take_in(office, "leads", file)
    again = await take_in(office, "leads", file)

    assert counts(run) == {"created": 3, "rejected": 1}
    assert counts(again) == {"unchanged": 4}
    stored = await office.rows(
        """
        SELECT external_id, state, opportunity_id IS NOT NULL AS deal
          FROM lead
         ORDER BY external_id
        """
    )
    assert [(row["external_id"], row["state"], row["deal"]) for row in stored] == [
        ("1", "converted", True),
        ("2", "converted", False),
        ("3", "open", False),
        ("4", "open", False),
    ]


async def test_a_mapping_may_convert_a_whole_file(office: Office):
    file = sheet({"external_id": "1", "company_name": "Acme"})
    mapping = (
        "kind: leads\nsystem: crm\ncolumns:\n  external_id: external_id\n"
        "  company_name: company_name\n  convert: {const: customer}\n"
    )

    await take_in(office, "leads", file, mapping)

    [lead] = await office.rows("SELECT state FROM lead")
    assert lead["state"] == "converted"

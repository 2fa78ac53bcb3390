"""Persons: sealed at rest, shown for a purpose, told what is held of them, and forgotten."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.leads.handlers import sealing
from shared.ids import external_id
from tests.leads import make
from tests.leads.channels.senders import ready
from tests.leads.office import Office
from tests.leads.test_imports import counts, sheet, take_in
from tests.support.canaries import Canaries

NAME, MOBILE, MAIL, WECHAT = "甄金丝", "13900008888", "canary.zhen@example.com", "canary_wx_7"
COMPANY = "苏州恒达水务有限公司"
ZHEN = {
    "name": NAME,
    "phone": MOBILE,
    "mail": MAIL,
    "company_name": COMPANY,
    "notes": f"{NAME} 要两台",
    "attributes": {"wechat": WECHAT, "total_visits": 3},
}
ANY = {"If-Match": "*"}
CANARIES = Canaries((NAME, MOBILE, MAIL, WECHAT))


async def stored(office: Office, canaries: Canaries = CANARIES) -> dict[str, list[str]]:
    """Where the service's own schema holds one of the words."""
    connection = await asyncpg.connect(office.world.access.owner_url("leads"))
    try:
        return await canaries.in_tables(connection, ["leads"])
    finally:
        await connection.close()


async def erased(office: Office, lead_id: UUID, *, kind: str = "lead") -> Any:
    """Have somebody forgotten; the certificate, once everything was looked through."""
    answer = await office.olga.send(
        "POST",
        "/erasures",
        {"subject_kind": kind, "subject_id": str(lead_id), "reason": "requested"},
    )
    assert answer.status_code in (200, 202), answer.text
    await office.world.settle()
    await office.world.advance()
    return (await office.olga.get(answer.headers["Location"])).json()


async def test_a_person_stands_nowhere_in_clear(office: Office):
    lead_id = await office.anna.captured(**ZHEN)
    await office.anna.send("PATCH", f"/leads/{lead_id}", {"notes": f"{NAME} 改要三台"}, headers=ANY)
    await office.anna.send(
        "POST",
        f"/leads/{lead_id}/evidence",
        {
            "framework": "meddic",
            "criterion": "champion",
            "evidence": "yes",
            "claim": f"{NAME} is for it",
            "said_by": NAME,
        },
    )
    await office.anna.send(
        "PUT",
        f"/leads/{lead_id}/bant",
        {"need": {"evidence": "yes", "said_by": NAME}},
        headers=ANY,
    )
    await office.olga.capture(**{**ZHEN, "phone": "12"})
    await office.anna.send("POST", f"/leads/{lead_id}/convert", {})
    await office.world.settle()
    await office.world.advance()

    assert await stored(office) == {}
    shown = await office.anna.lead(lead_id)
    assert (shown["name"], shown["phone"], shown["mail"]) == (NAME, f"+86{MOBILE}", MAIL)
    assert shown["attributes"] == {"wechat": WECHAT, "total_visits": 3}
    assert shown["bant"]["need"]["said_by"] == NAME


async def test_an_answer_that_shows_a_person_is_kept_sealed_and_given_again(office: Office):
    lead_id = await office.anna.captured(**ZHEN)
    key = {"Idempotency-Key": "once", **ANY}
    first = await office.anna.send("PATCH", f"/leads/{lead_id}", {"region": "江苏"}, headers=key)

    again = await office.anna.send("PATCH", f"/leads/{lead_id}", {"region": "江苏"}, headers=key)

    assert (first.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    assert again.json() == first.json()
    assert first.json()["name"] == NAME
    assert await stored(office) == {}


async def test_what_tells_who_somebody_is_is_masked_for_others(office: Office):
    lead_id = await office.anna.captured(**ZHEN)

    shown = await office.olga.lead(lead_id)

    assert shown["attributes"] == {"wechat": "***", "total_visits": 3}
    assert shown["mail"] == "c***@example.com"


async def test_the_owner_dials_and_others_say_what_for(office: Office):
    lead_id = await office.anna.captured(**ZHEN, do_not_call=True)
    path = f"/leads/{lead_id}/reveal"

    mine = await office.anna.send("POST", path, {})
    unsaid = await office.olga.send("POST", path, {})
    said = await office.olga.send("POST", path, {"purpose": "Complaint 17"})
    unseen = await office.dan.send("POST", path, {"purpose": "Curious"})

    assert mine.json() == {
        "name": NAME,
        "phone": f"+86{MOBILE}",
        "mail": MAIL,
        "address": "",
        "attributes": {"wechat": WECHAT},
        "do_not_call": True,
        "do_not_email": False,
    }
    assert (unsaid.status_code, unsaid.json()["type"]) == (403, "/problems/person-not-yours")
    assert said.json() == mine.json()
    assert unseen.status_code == 404
    seen = await office.rows(
        "SELECT actor_id, after, why FROM audit WHERE action = 'person.revealed' ORDER BY id"
    )
    assert seen == [
        {"actor_id": office.anna.id, "after": {"as": "owner"}, "why": ""},
        {"actor_id": office.olga.id, "after": {"as": "other"}, "why": "Complaint 17"},
    ]


async def test_whoever_has_the_deal_dials_too(office: Office):
    lead_id = await office.anna.captured(**ZHEN)
    converted = await office.anna.send(
        "POST", f"/leads/{lead_id}/convert", {"deal": {"amount": "1"}}
    )
    said = converted.json()
    deal_id = UUID(said["opportunity_id"])
    await office.hear(
        make.opened(deal_id, lead_id=lead_id, customer_id=UUID(said["customer_id"])),
        make.assigned(
            deal_id, owner_id=office.dan.id, unit_id=office.second.unit_id, kind="opportunity"
        ),
    )

    shown = await office.dan.send("POST", f"/contacts/{said['contact_id']}/reveal", {})

    assert shown.status_code == 200, shown.text
    assert shown.json()["phone"] == f"+86{MOBILE}"


async def test_a_bundle_tells_everything_and_that_it_was_given(office: Office):
    lead_id = await office.anna.captured(**ZHEN, trail={"click": "gclid", "click_id": "click-7"})
    await office.anna.send("POST", f"/leads/{lead_id}/convert", {})

    answer = await office.olga.send(
        "POST",
        "/access-bundles",
        {"subject_kind": "lead", "subject_id": str(lead_id), "purpose": "Asked on 2 March"},
    )

    bundle = answer.json()
    [lead], [contact] = bundle["leads"], bundle["contacts"]
    assert (lead["name"], lead["attributes"]["wechat"]) == (NAME, WECHAT)
    assert (contact["mail"], contact["notes"]) == (MAIL, ZHEN["notes"])
    assert orjson.loads(bundle["submissions"][0]["body"])["name"] == NAME
    assert bundle["touches"][0]["trail"]["click_id"] == "click-7"
    [kept] = await office.rows("SELECT actor_id, why FROM audit WHERE action = 'person.bundled'")
    assert kept == {"actor_id": office.olga.id, "why": "Asked on 2 March"}


async def test_a_person_is_forgotten_and_the_lead_is_not(office: Office):
    lead_id = await office.anna.captured(**ZHEN)

    certificate = await erased(office, lead_id)

    shown = await office.anna.lead(lead_id)
    assert (shown["name"], shown["phone"], shown["mail"], shown["notes"]) == ("", "", "", "")
    assert (shown["state"], shown["company_name"]) == ("disqualified", COMPANY)
    assert shown["erased_at"] is not None
    assert (await office.said(lead_id))[-2:] == ["lead.disqualified.v1", "lead.erased.v1"]
    assert certificate["finished_at"] is not None
    assert certificate["erased"]["leads"] == certificate["erased"]["submissions"] == 1
    assert len(certificate["sha256"]) == 64
    assert CANARIES.in_bytes(orjson.dumps(certificate)) == []
    refused = await office.anna.send("PATCH", f"/leads/{lead_id}", {"name": NAME}, headers=ANY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/lead-is-erased")


async def test_whoever_is_forgotten_twice_is_forgotten_once(office: Office):
    lead_id = await office.anna.captured(**ZHEN)
    await office.anna.send("POST", f"/leads/{lead_id}/convert", {})
    contact_id = (await office.anna.lead(lead_id))["contact_id"]
    first = await erased(office, lead_id)

    again = await erased(office, contact_id, kind="contact")

    assert again == first
    assert (first["lead_ids"], first["contact_ids"]) == ([str(lead_id)], [contact_id])
    assert await office.said(UUID(contact_id)) == ["contact.added.v1", "contact.erased.v1"]


async def test_what_somebody_was_for_whom_is_forgotten_with_them(office: Office):
    lead_id = await office.anna.captured(**ZHEN)
    await office.anna.send("POST", f"/leads/{lead_id}/convert", {})
    lead = await office.anna.lead(lead_id)
    served = f"/contacts/{lead['contact_id']}/organisations/{lead['customer_id']}"
    named = await office.anna.send("PUT", served, {"role": "Assistant of Zhen"})

    await erased(office, lead_id)

    shown = (await office.olga.get(f"/contacts/{lead['contact_id']}")).json()
    assert [one["role"] for one in named.json()["organisations"]] == ["Assistant of Zhen"]
    assert [one["role"] for one in shown["organisations"]] == [""]


async def test_whoever_comes_again_is_somebody_new(office: Office):
    before = await office.anna.captured(**ZHEN)
    await erased(office, before)

    after = await office.anna.captured(**ZHEN)

    assert after != before
    assert (await office.anna.lead(after))["name"] == NAME
    assert (await office.anna.lead(before))["name"] == ""


async def test_whoever_comes_while_they_are_forgotten_is_forgotten_or_somebody_new(office: Office):
    before = await office.anna.captured(**ZHEN)
    body = {"subject_kind": "lead", "subject_id": str(before), "reason": "requested"}

    answers = await asyncio.gather(
        *(office.anna.capture(**ZHEN) for _ in range(3)),
        office.olga.send("POST", "/erasures", body),
        *(office.anna.capture(**ZHEN) for _ in range(3)),
    )

    assert {answer.status_code for answer in answers} <= {200, 201, 202}
    known = {lead["id"]: lead["name"] for lead in await office.leads("id", "name")}
    assert known.pop(before) == ""
    assert list(known.values()) in ([], [NAME])
    touched = sum(lead["touches"] for lead in await office.leads("touches"))
    assert touched == len(answers)


async def test_the_same_record_of_another_system_comes_again_as_a_new_lead(office: Office):
    record = {**ZHEN, "external": {"system": "crm", "id": "17"}}
    before = await office.anna.captured(**record)
    await erased(office, before)

    after = await office.anna.captured(**record)
    joined = await office.anna.captured(**record)

    assert before != after == joined
    assert (await office.said(after))[0] == "lead.captured.v1"
    assert [lead["touches"] for lead in await office.leads("touches")] == [1, 2]


async def test_a_file_brings_somebody_back_beside_those_who_stayed(office: Office):
    zhen = {"external_id": "1", "name": NAME, "phone": MOBILE, "mail": MAIL}
    li = {"external_id": "2", "name": "李雷", "phone": "13812341234", "mail": ""}
    han = {"external_id": "3", "name": "韩梅梅", "phone": "13900001111", "mail": ""}
    await take_in(office, "leads", sheet(zhen, li))
    erased_id = external_id("lead", "crm", "1")
    certificate = await erased(office, erased_id)

    again = await take_in(office, "leads", sheet(zhen, {**li, "name": "李磊"}, han))
    unchanged = await take_in(office, "leads", sheet(zhen))

    assert certificate["erased"]["import_files"] == 1
    assert counts(again) == {"created": 2, "updated": 1}
    assert counts(unchanged) == {"unchanged": 1}
    known = {lead["id"]: lead["name"] for lead in await office.leads("id", "name")}
    assert known[erased_id] == ""
    assert sorted(known.values()) == ["", "李磊", NAME, "韩梅梅"]


async def test_merged_records_are_forgotten_together(office: Office):
    one = await office.anna.captured(**ZHEN)
    other = await office.anna.captured(name=NAME, company_name=COMPANY, phone="0512-65123456")
    await office.olga.send("POST", f"/leads/{one}/merge", {"other_id": str(other)})

    certificate = await erased(office, other)

    assert certificate["lead_ids"] == sorted((str(one), str(other)))
    assert (await office.leads("name", "phone")) == [{"name": "", "phone": None}] * 2
    refused = await office.olga.send("POST", f"/leads/{other}/unmerge", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/lead-is-erased")


async def test_somebody_is_found_where_no_record_refers_to_them(office: Office):
    sender = await ready(office, required=["company_name"])
    await sender.send({"name": NAME, "phone": MOBILE})
    await sender.send({"name": "李雷", "phone": "13812341234"})
    await office.olga.capture(**{**ZHEN, "mail": "nobody"})
    lead_id = await office.anna.captured(**ZHEN)

    certificate = await erased(office, lead_id)

    assert certificate["erased"]["quarantine"] == 2
    left = [orjson.loads(kept["body"] or b"{}") for kept in await office.bodies()]
    assert [said["name"] for said in left if said] == ["李雷"]


async def test_only_operators_forget(office: Office):
    lead_id = await office.anna.captured(**ZHEN)
    body = {"subject_kind": "lead", "subject_id": str(lead_id), "reason": "requested"}

    refused = await office.anna.send("POST", "/erasures", body)

    assert refused.status_code == 403
    assert (await office.anna.lead(lead_id))["name"] == NAME


async def test_what_was_kept_in_clear_is_sealed_when_the_service_starts(office: Office):
    """As it stood before there was a key: nothing is lost, and keys lead to the same lead."""
    lead_id = await office.anna.captured(**ZHEN)
    await in_clear(office, lead_id)
    assert set(await stored(office)) == {"leads.lead", "leads.lead_identity", "leads.submission"}

    await sealing.seal_all(office.database)
    await sealing.seal_all(office.database)

    assert await stored(office) == {}
    shown = await office.anna.lead(lead_id)
    assert (shown["name"], shown["phone"], shown["mail"]) == (NAME, f"+86{MOBILE}", MAIL)
    assert shown["attributes"] == {"wechat": WECHAT, "total_visits": 3}
    assert await office.anna.captured(name="Somebody", phone=MOBILE) == lead_id
    assert orjson.loads((await office.bodies())[0]["body"] or b"")["name"] == NAME


async def in_clear(office: Office, lead_id: UUID) -> None:
    """Turn rows back into what the release before had written."""
    connection = await asyncpg.connect(office.world.access.owner_url("leads"))
    try:
        await connection.execute(
            """
            SET search_path = leads;
            ALTER TABLE lead DROP CONSTRAINT lead_is_sealed;
            ALTER TABLE lead_identity DROP CONSTRAINT lead_identity_is_marked;
            """
        )
        await connection.execute(
            """
            UPDATE leads.lead
               SET sealed = NULL, has_mail = false, name = $2, phone = $3, mail = $4, address = '',
                   notes = '', bant = '{}', attributes = $5
             WHERE id = $1
            """,
            lead_id,
            NAME,
            f"+86{MOBILE}",
            MAIL,
            orjson.dumps(ZHEN["attributes"]).decode(),
        )
        await connection.execute(
            "UPDATE leads.lead_identity SET value = CASE kind WHEN 'phone' THEN $1 ELSE $2 END",
            f"+86{MOBILE}",
            MAIL,
        )
        await connection.execute(
            "UPDATE leads.submission SET body = $1, is_sealed = false", orjson.dumps(ZHEN)
        )
    finally:
        await connection.close()

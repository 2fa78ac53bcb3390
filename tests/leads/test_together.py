"""Leads that come while others are being committed: taken in together, answered each by itself."""

import asyncio
from uuid import UUID

import httpx

from shared import failpoints
from tests.leads.office import Caller, Json, Office

PHONES = [f"1380013{number:04}" for number in range(20)]


async def all_at_once(caller: Caller, *leads: Json) -> list[httpx.Response]:
    return await asyncio.gather(*(caller.capture(**lead) for lead in leads))


async def transactions(office: Office) -> int:
    rows = await office.rows("SELECT DISTINCT xmin::text FROM idempotency")
    return len(rows)


async def test_leads_that_come_at_once_share_transactions_and_have_their_own_answers(
    office: Office,
):
    answers = await all_at_once(office.olga, *({"phone": phone} for phone in PHONES))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == len(PHONES)
    stored = await office.leads("id", "phone")
    found = {lead["id"]: lead["phone"] for lead in stored}
    assert [found[UUID(answer.json()["id"])][-11:] for answer in answers] == PHONES
    assert await transactions(office) < len(PHONES)


async def test_each_one_s_sender_and_trace_are_their_own(office: Office):
    by_olga, by_oskar = await asyncio.gather(
        all_at_once(office.olga, *({"phone": phone} for phone in PHONES[:10])),
        all_at_once(office.oskar, *({"phone": phone} for phone in PHONES[10:])),
    )

    await office.world.settle()
    noted = {
        row["subject_id"]: (row["actor_id"], row["correlation_id"])
        for row in await office.rows(
            "SELECT subject_id, actor_id, correlation_id FROM audit WHERE action = 'lead.created'"
        )
    }
    for caller, answers in ((office.olga, by_olga), (office.oskar, by_oskar)):
        for answer in answers:
            lead_id, trace = UUID(answer.json()["id"]), answer.headers["X-Correlation-Id"]
            assert noted[lead_id] == (caller.id, trace)
            said = [one for one in office.world.log.events() if one.aggregate_id == lead_id]
            assert {one.traceparent[3:35] for one in said} == {trace}


async def test_a_lead_that_is_joined_goes_on_in_the_trace_of_who_joined_it(office: Office):
    first = await office.olga.captured(phone=PHONES[0])

    *_, again = await all_at_once(office.olga, *({"phone": phone} for phone in PHONES[::-1]))

    await office.world.settle()
    said = [one for one in office.world.log.events() if one.aggregate_id == first]
    traces = {one.type: one.traceparent[3:35] for one in said}
    assert (again.status_code, again.json()["id"]) == (200, str(first))
    assert traces["lead.touched.v1"] == again.headers["X-Correlation-Id"]
    assert traces["lead.captured.v1"] != traces["lead.touched.v1"]


async def test_one_that_cannot_be_read_is_refused_and_the_others_are_taken(office: Office):
    bad: list[Json] = [{"phone": "12"}, {"nam": "x"}, {"source": "baidu"}]

    answers = await all_at_once(office.olga, *({"phone": phone} for phone in PHONES), *bad)

    assert [answer.status_code for answer in answers] == [201] * len(PHONES) + [422] * len(bad)
    waiting = (await office.olga.get("/submissions", state="quarantined")).json()["items"]
    assert {one["id"] for one in waiting} == {
        answer.json()["submission_id"] for answer in answers[-len(bad) :]
    }


async def test_one_sent_twice_under_its_key_in_the_midst_of_others_is_done_once(office: Office):
    twice = {"Idempotency-Key": "form-1"}

    _, answers = await asyncio.gather(
        all_at_once(office.olga, *({"phone": phone} for phone in PHONES[1:])),
        asyncio.gather(
            *(
                office.olga.send("POST", "/leads", {"phone": PHONES[0]}, headers=twice)
                for _ in range(4)
            )
        ),
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert {lead["touches"] for lead in await office.leads("touches")} == {1}


async def test_a_refusal_does_not_hold_its_key_in_company(office: Office):
    key = {"Idempotency-Key": "form-1"}

    others, refused = await asyncio.gather(
        all_at_once(office.olga, *({"phone": phone} for phone in PHONES)),
        office.olga.send("POST", "/leads", {"phone": "12"}, headers=key),
    )
    again = await office.olga.send("POST", "/leads", {"phone": "12"}, headers=key)

    assert {answer.status_code for answer in others} == {201}
    assert (refused.status_code, again.status_code) == (422, 422)
    assert again.json()["submission_id"] == refused.json()["submission_id"]


async def test_when_a_group_breaks_each_goes_alone_and_is_done_once(office: Office):
    failpoints.plan("door.before_commit=raise")
    try:
        answers = await all_at_once(office.olga, *({"phone": phone} for phone in PHONES))
    finally:
        failpoints.plan("")

    assert {answer.status_code for answer in answers} == {201}
    assert {lead["touches"] for lead in await office.leads("touches")} == {1}
    assert len(await office.leads("id")) == len(PHONES)

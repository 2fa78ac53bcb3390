"""Files lie with leads, customers and deals: seen by those who see these, stored once, and handed out as they came."""

import asyncio
import json
import os
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.opportunities.domain.ownership import OwnedSubject
from services.opportunities.domain.person import Person
from services.opportunities.handlers import ownership
from services.opportunities.settings import OpportunitiesSettings
from shared.contracts.leads import CustomerUnmerged, LeadErased
from tests.opportunities.deals.sales import Answer, Sales
from tests.opportunities.deals.test_conversion import AT
from tests.opportunities.deals.test_merged import merged, owned, two_customers

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 3000


async def send(
    sales: Sales,
    content: bytes = PDF,
    who: Person | None = None,
    *,
    name: str = "合同.pdf",
    kind: str = "customer",
    about: UUID | str | None = None,
    key: str = "",
) -> Answer:
    headers = sales.world.headers((who or sales.anna).id) | (
        {"Idempotency-Key": key} if key else {}
    )
    params = {"subject_kind": kind, "subject_id": str(about or sales.customer), "name": name}
    return await sales.api.post("/documents", params=params, content=content, headers=headers)


async def attached(sales: Sales, *args: Any, **more: Any) -> dict[str, Any]:
    answer = await send(sales, *args, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def add(sales: Sales, id: str, content: bytes, who: Person | None = None) -> Answer:
    headers = sales.world.headers((who or sales.anna).id)
    return await sales.api.post(f"/documents/{id}/versions", content=content, headers=headers)


async def read(sales: Sales, id: str, who: Person | None = None, version: str = "") -> Answer:
    return await sales.ask(who or sales.anna, "GET", f"/documents/{id}/content{version}")


async def withdraw(sales: Sales, id: str, who: Person | None = None) -> Answer:
    body = {"reason": "签错了"}
    return await sales.ask(who or sales.anna, "PUT", f"/documents/{id}/withdrawal", body)


async def listed(
    sales: Sales,
    who: Person | None = None,
    kind: str = "customer",
    about: object = None,
    more: str = "",
) -> Any:
    path = f"/documents?subject_kind={kind}&subject_id={about or sales.customer}{more}"
    return (await sales.ask(who or sales.anna, "GET", path)).json()


async def count(sales: Sales, table: str) -> int:
    async with sales.world["opportunities"].database.tx() as tx:
        return await tx.fetchval(f"SELECT count(*) FROM {table}")


async def test_a_download_is_what_was_sent_and_no_browser_shows_it(sales: Sales) -> None:
    document = await attached(sales)

    answer = await read(sales, document["id"])

    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5")
    assert document["versions"][0]["sha256"] == sha256(PDF).hexdigest()


async def test_a_page_with_a_script_is_plain_text_that_is_saved(sales: Sales) -> None:
    document = await attached(sales, b"<script>alert(1)</script>", name="a.html")

    answer = await read(sales, document["id"])

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_events_say_what_was_attached_and_not_how_it_is_called(sales: Sales) -> None:
    document = await attached(sales)

    [event] = await sales.events("document.attached.v1")

    told = json.loads(event.payload)
    assert (told["size"], told["sha256"]) == (len(PDF), sha256(PDF).hexdigest())
    assert (str(event.aggregate_id), event.sequence) == (document["id"], 1)
    assert "合同" not in event.payload.decode()


async def test_another_team_neither_finds_nor_changes_it(sales: Sales) -> None:
    deal = await sales.open()
    document = await attached(sales, kind="opportunity", about=deal["id"])

    answers = [
        await read(sales, document["id"], sales.wu),
        await sales.ask(sales.wu, "GET", f"/documents/{document['id']}"),
        await add(sales, document["id"], b"x", sales.wu),
        await withdraw(sales, document["id"], sales.wu),
        await send(sales, who=sales.wu, kind="opportunity", about=deal["id"]),
        await sales.ask(
            sales.wu, "GET", f"/documents?subject_kind=opportunity&subject_id={deal['id']}"
        ),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert (await read(sales, document["id"], sales.lea)).content == PDF


async def test_what_is_empty_is_refused(sales: Sales) -> None:
    answer = await send(sales, b"")

    assert (answer.status_code, answer.json()["title"]) == (422, "Document is empty")


async def test_what_is_too_big_is_refused_with_the_limit(sales: Sales) -> None:
    limit = OpportunitiesSettings().largest_document

    answer = await send(sales, bytes(limit + 1))

    assert answer.status_code == 413
    assert str(limit) in answer.json()["detail"]
    assert await count(sales, "document_chunk") == 0


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("../../etc/合同.pdf", "合同.pdf", id="folders"),
        pytest.param("C:\\fakepath\\a.pdf", "a.pdf", id="windows-folders"),
        pytest.param("a\r\n\tb\u202efdp.exe", "abfdp.exe", id="control-characters"),
    ],
)
async def test_a_name_loses_folders_and_what_nobody_sees(
    sales: Sales, sent: str, kept: str
) -> None:
    document = await attached(sales, name=sent)

    assert document["name"] == kept


@pytest.mark.parametrize("name", ["长" * 300, "..", "/", " "])
async def test_a_name_that_is_none_is_refused(sales: Sales, name: str) -> None:
    assert (await send(sales, name=name)).status_code == 422


async def test_the_same_content_twice_is_stored_once(sales: Sales) -> None:
    first, second = await attached(sales), await attached(sales, name="副本.pdf")

    assert first["id"] != second["id"]
    assert await count(sales, "document_content") == 1


async def test_the_same_upload_twice_is_one_document(sales: Sales) -> None:
    first, second = await attached(sales, key="k-1"), await attached(sales, key="k-1")

    assert first == second
    assert len((await listed(sales))["items"]) == 1


async def test_a_new_version_keeps_the_older_and_the_same_is_no_new_one(sales: Sales) -> None:
    document_id = (await attached(sales))["id"]

    await add(sales, document_id, b"second")
    shown = (await add(sales, document_id, b"second")).json()

    assert [version["number"] for version in shown["versions"]] == [2, 1]
    assert (await read(sales, document_id)).content == b"second"
    assert (await read(sales, document_id, version="?version=1")).content == PDF
    assert (await read(sales, document_id, version="?version=3")).status_code == 404


async def test_two_versions_at_once_are_both_kept(sales: Sales) -> None:
    document_id = (await attached(sales))["id"]

    await asyncio.gather(add(sales, document_id, b"one"), add(sales, document_id, b"two"))

    texts = {
        (await read(sales, document_id, version=f"?version={number}")).content for number in (2, 3)
    }
    assert texts == {b"one", b"two"}


async def test_the_same_content_at_once_is_stored_once(sales: Sales) -> None:
    content = os.urandom(600_000)

    answers = await asyncio.gather(*(send(sales, content, name=f"{n}.bin") for n in range(4)))

    assert {answer.status_code for answer in answers} == {201}
    assert await count(sales, "document_content") == 1
    assert (await read(sales, answers[0].json()["id"])).content == content


async def test_what_is_withdrawn_counts_no_more_and_says_why(sales: Sales) -> None:
    document_id = (await attached(sales))["id"]

    shown = (await withdraw(sales, document_id)).json()

    assert (shown["withdrawn_because"], shown["reason"]) == ("withdrawn", "签错了")
    assert (await listed(sales))["items"] == []
    assert len((await listed(sales, more="&withdrawn=true"))["items"]) == 1
    refused = [
        await read(sales, document_id),
        await add(sales, document_id, b"x"),
        await withdraw(sales, document_id),
    ]
    assert [answer.status_code for answer in refused] == [409] * 3


async def test_lists_go_on_by_cursor(sales: Sales) -> None:
    sent = [(await attached(sales, name=f"{number}.pdf"))["id"] for number in range(3)]

    first = await listed(sales, more="&limit=2")
    second = await listed(sales, more=f"&limit=2&cursor={first['next_cursor']}")

    shown = [document["id"] for page in (first, second) for document in page["items"]]
    assert shown == sent[::-1]


async def test_documents_follow_a_merge_of_customers_and_its_undoing(sales: Sales) -> None:
    survivor, gone = await two_customers(sales)
    await owned(sales, survivor, sales.anna)
    await owned(sales, gone, sales.wu)
    document_id = (await attached(sales, who=sales.wu, about=gone))["id"]

    await sales.hear((merged(survivor, gone), 2))
    together = (await listed(sales, about=survivor))["items"]
    content = (await read(sales, document_id)).content
    apart = CustomerUnmerged(customer_id=gone, from_id=survivor, unmerged_by=None, unmerged_at=AT)
    await sales.hear((apart, 3))

    assert ([document["id"] for document in together], content) == ([document_id], PDF)
    assert (await listed(sales, about=survivor))["items"] == []
    assert (await read(sales, document_id)).status_code == 404
    assert (await read(sales, document_id, sales.wu)).content == PDF


async def test_documents_of_an_erased_lead_lose_name_and_content(sales: Sales) -> None:
    lead = uuid4()
    async with sales.world["opportunities"].database.tx() as tx:
        await owned_lead(tx, lead, sales.anna)
    mine = await attached(sales, b"about them", kind="lead", about=lead, name="张三.pdf")
    shared = await attached(sales, PDF, kind="lead", about=lead)
    other = await attached(sales, PDF)

    await sales.hear((LeadErased(lead_id=lead, erased_at=AT), 1))

    shown = (await sales.ask(sales.anna, "GET", f"/documents/{mine['id']}")).json()
    assert (shown["name"], shown["withdrawn_because"]) == ("", "erased")
    assert [version["sha256"] for version in shown["versions"]] == [None]
    assert (await read(sales, mine["id"])).status_code == 410
    assert (await read(sales, shared["id"])).status_code == 410
    assert (await read(sales, other["id"])).content == PDF
    assert await count(sales, "document_content") == 1
    [_, _] = await sales.events("document.withdrawn.v1")


async def owned_lead(tx: Any, lead: UUID, owner: Person) -> None:
    subject = OwnedSubject(kind="lead", subject_id=lead, owner_id=owner.id)
    await ownership.assign_directly(tx, [subject], reason="kept", history=False, now=tx.now)

"""Files of another system come in once, with their own dates, and can be taken back."""

import base64
import csv
import io
import json
from hashlib import sha256
from typing import Any

import pytest

from shared import failpoints
from shared.ids import external_id
from tests.opportunities.deals.sales import Answer, Sales
from tests.opportunities.deals.test_documents import add, count, read, withdraw
from tests.opportunities.deals.test_history_run import ROWS, errors, run
from tests.support.waiting import until

HEADER = ("id", "subject_kind", "subject", "name", "seller", "attached_at", "path", "sha256")
QUOTE = ("1", "opportunity", "1", "报价.txt", "Anna", "2025-01-03 10:00", "2025/报价.txt", "")
PLAN = ("2", "lead", "L-7", "plan.txt", "wu", "2025-02-03 09:00", "", sha256(b"plan").hexdigest())
DOCUMENT = str(external_id("document", "crm", "1"))


async def keep(sales: Sales, content: bytes, path: str = "") -> Answer:
    return await sales.api.put(
        f"/document-contents/{sha256(content).hexdigest()}",
        params={"system": "crm", "path": path},
        content=content,
        headers=sales.world.headers(sales.olga.id),
    )


@pytest.fixture
async def filled(sales: Sales) -> Sales:
    """Deals and contents are there already."""
    await run(sales, *ROWS)
    await keep(sales, b"quote", "2025/报价.txt")
    await keep(sales, b"plan")
    return sales


async def send(
    sales: Sales, *rows: tuple[str, ...], history: bool = True, dry_run: bool = False
) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([HEADER, *rows])
    mapping = f"system: crm\nhistory: {'true' if history else 'false'}\n"
    headers = sales.world.headers(sales.olga.id) | {
        "Content-Type": "application/octet-stream",
        "Import-Mapping": base64.b64encode(mapping.encode()).decode(),
    }
    sent = await sales.api.post(
        f"/imports/documents?dry_run={dry_run}", content=file.getvalue().encode(), headers=headers
    )
    assert sent.status_code == 202, sent.text
    return sent.json()["id"]


async def take_in(sales: Sales, *rows: tuple[str, ...], **more: bool) -> dict[str, Any]:
    return await followed(sales, await send(sales, *rows, **more))


async def followed(sales: Sales, import_id: str) -> dict[str, Any]:
    await sales.world.advance()
    return (await sales.ask(sales.olga, "GET", f"/imports/{import_id}")).json()


async def undo(sales: Sales, done: dict[str, Any]) -> dict[str, Any]:
    asked = await sales.ask(sales.olga, "POST", f"/imports/{done['id']}/undo")
    assert asked.status_code == 202, asked.text
    return await followed(sales, asked.json()["id"])


def counts(done: dict[str, Any]) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "rejected", "withdrawn", "restored")
    return {name: done[name] for name in names if done[name]}


async def shown(sales: Sales) -> dict[str, Any]:
    return (await sales.ask(sales.olga, "GET", f"/documents/{DOCUMENT}")).json()


async def test_files_come_in_by_path_or_hash_with_their_own_dates(filled: Sales) -> None:
    done = await take_in(filled, QUOTE, PLAN)

    assert counts(done) == {"created": 2}
    document = await shown(filled)
    assert (document["name"], document["attached_at"][:10]) == ("报价.txt", "2025-01-03")
    assert (await read(filled, DOCUMENT)).content == b"quote"
    told = [json.loads(event.payload) for event in await filled.events("document.attached.v1")]
    assert {fact["history"] for fact in told} == {True}
    assert str(external_id("lead", "crm", "L-7")) in {fact["subject_id"] for fact in told}


async def test_the_same_file_twice_changes_nothing(filled: Sales) -> None:
    await take_in(filled, QUOTE, PLAN)
    before = len(await filled.events())

    again = await take_in(filled, QUOTE, PLAN)

    assert counts(again) == {"unchanged": 2}
    assert len(await filled.events()) == before


async def test_missing_contents_are_named_row_by_row(filled: Sales) -> None:
    lost = ("3", *QUOTE[1:6], "2025/lost.pdf", "")
    unknown = ("4", *QUOTE[1:6], "", "ab" * 32)
    nothing = ("5", *QUOTE[1:6], "", "")

    done = await take_in(filled, QUOTE, lost, unknown, nothing)

    assert counts(done) == {"created": 1, "rejected": 3}
    told = await errors(filled, done)
    assert told["3"] == ("path", "no content was sent for '2025/lost.pdf'")
    assert told["4"] == ("sha256", f"no content was sent for '{'ab' * 32}'")
    assert "names no content" in told["5"][1]


async def test_a_dry_run_counts_and_leaves_nothing(filled: Sales) -> None:
    done = await take_in(filled, QUOTE, PLAN, dry_run=True)

    assert counts(done) == {"created": 2}
    assert await count(filled, "document") == 0


async def test_history_passes_beside_nobody(filled: Sales) -> None:
    await filled.ask(filled.olga, "PUT", f"/units/{filled.west}/live")
    tomorrow = f"{await filled.soon()} 10:00"

    done = await take_in(
        filled, PLAN, (*QUOTE[:5], tomorrow, *QUOTE[6:]), ("3", *QUOTE[1:4], "Nobody", *QUOTE[5:])
    )

    reasons = {which: reason for which, (_, reason) in (await errors(filled, done)).items()}
    assert "live since" in reasons["2"]
    assert "still to come" in reasons["1"]
    assert "no single seller" in reasons["3"]


async def test_without_saying_so_nothing_is_history(filled: Sales) -> None:
    assert counts(await take_in(filled, QUOTE, history=False)) == {"rejected": 1}


async def test_a_worker_that_dies_leaves_nothing_half_done(filled: Sales) -> None:
    import_id = await send(filled, QUOTE, PLAN)
    failpoints.plan("imports.before_commit=raise@0")
    try:
        interrupted = await followed(filled, import_id)
    finally:
        failpoints.plan("")
    left = await count(filled, "document")

    async def is_done() -> bool:
        return (await followed(filled, import_id))["state"] == "done"

    await until("the import, once its timer has rested", is_done)
    done = await followed(filled, import_id)

    assert (interrupted["rows"], left) == (0, 0)
    assert (done["state"], counts(done)) == ("done", {"created": 2})
    assert len(await filled.events("document.attached.v1")) == 2


async def test_an_import_is_taken_back_and_the_same_file_brings_it_again(filled: Sales) -> None:
    done = await take_in(filled, QUOTE, PLAN)

    taken_back = await undo(filled, done)
    gone = await shown(filled)
    again = await take_in(filled, QUOTE, PLAN)

    assert counts(taken_back) == {"withdrawn": 2}
    assert gone["withdrawn_because"] == "import_undone"
    assert counts(again) == {"updated": 2}
    assert (await read(filled, DOCUMENT)).content == b"quote"


async def test_a_document_with_a_newer_version_stays_and_is_named(filled: Sales) -> None:
    done = await take_in(filled, QUOTE, PLAN)
    await add(filled, DOCUMENT, b"signed")

    taken_back = await undo(filled, done)
    again = await take_in(filled, QUOTE)

    assert counts(taken_back) == {"withdrawn": 1, "rejected": 1}
    assert "newer version" in (await errors(filled, taken_back))["1"][1]
    assert counts(again) == {"unchanged": 1}
    assert (await read(filled, DOCUMENT)).content == b"signed"


async def test_a_content_that_a_later_file_brought_gives_way_to_the_earlier(filled: Sales) -> None:
    first = await take_in(filled, QUOTE)
    await keep(filled, b"quote, corrected", "2025/报价.txt")
    second = await take_in(filled, QUOTE)

    undone = [await undo(filled, second), await undo(filled, first)]

    assert counts(second) == {"updated": 1}
    assert [counts(one) for one in undone] == [{"restored": 1}, {"withdrawn": 1}]


async def test_what_somebody_withdrew_does_not_come_back(filled: Sales) -> None:
    await take_in(filled, QUOTE)
    await withdraw(filled, DOCUMENT, filled.olga)

    assert counts(await take_in(filled, QUOTE)) == {"unchanged": 1}
    assert (await shown(filled))["withdrawn_because"] == "withdrawn"


async def test_they_are_compared_by_what_they_are_about(filled: Sales) -> None:
    await take_in(filled, QUOTE, PLAN)
    totals = [{"kind": "documents", "by": "about", "value": "lead", "count": 1}]

    answer = await filled.ask(filled.olga, "POST", "/migrations/crm/comparison", {"totals": totals})

    lines = {line["value"]: line["count_difference"] for line in answer.json()["lines"]}
    assert lines == {"lead": 0, "opportunity": 1}


async def test_a_content_that_is_not_what_its_address_says_is_refused(sales: Sales) -> None:
    answer = await sales.api.put(
        f"/document-contents/{'ab' * 32}",
        content=b"x",
        headers=sales.world.headers(sales.olga.id),
    )

    assert answer.status_code == 422
    assert await count(sales, "document_content") == 0


async def test_contents_that_no_document_came_for_go_after_a_month(filled: Sales) -> None:
    await take_in(filled, QUOTE)
    async with filled.world["opportunities"].database.tx() as tx:
        await tx.execute("UPDATE document_content SET stored_at = stored_at - interval '31 days'")

    await filled.world.advance()

    assert await count(filled, "document_content") == 1
    assert (await read(filled, DOCUMENT)).content == b"quote"

"""What was done in another system comes in once, with its own dates, and is not edited."""

import base64
import csv
import io
import json
from typing import Any

from shared.ids import external_id
from tests.opportunities.deals.sales import Sales
from tests.opportunities.deals.test_history_run import ROWS, deal_id, errors, run

HEADER = ("id", "subject_kind", "subject", "kind", "seller", "done_at", "text")
CALL = ("1", "opportunity", "1", "call", "Anna", "2025-01-03 10:00", "旧泵房")
VISIT = ("2", "lead", "L-7", "visit", "wu", "2025-02-03 09:00", "")


async def take_in(sales: Sales, *rows: tuple[str, ...], history: bool = True) -> dict[str, Any]:
    file = io.StringIO()
    csv.writer(file).writerows([HEADER, *rows])
    mapping = f"system: crm\nhistory: {'true' if history else 'false'}\n"
    headers = sales.world.headers(sales.olga.id) | {
        "Content-Type": "application/octet-stream",
        "Import-Mapping": base64.b64encode(mapping.encode()).decode(),
    }
    sent = await sales.api.post(
        "/imports/activities", content=file.getvalue().encode(), headers=headers
    )
    assert sent.status_code == 202, sent.text
    await sales.world.advance()
    return (await sales.ask(sales.olga, "GET", f"/imports/{sent.json()['id']}")).json()


async def test_activities_come_in_with_their_own_dates(sales: Sales) -> None:
    await run(sales, *ROWS)

    done = await take_in(sales, CALL, VISIT)

    assert (done["created"], done["rejected"]) == (2, 0)
    timeline = await sales.ask(sales.olga, "GET", f"/opportunities/{deal_id('1')}/timeline")
    [call] = [entry for entry in timeline.json()["items"] if entry["kind"] == "call"]
    assert (call["at"][:10], call["text"]) == ("2025-01-03", "旧泵房")
    told = [json.loads(event.payload) for event in await sales.events("activity.logged.v1")]
    assert {fact["history"] for fact in told} == {True}
    assert str(external_id("lead", "crm", "L-7")) in {fact["subject_id"] for fact in told}


async def test_the_same_rows_again_say_nothing_and_changed_ones_are_refused(sales: Sales) -> None:
    await take_in(sales, CALL, VISIT)
    before = len(await sales.events())

    again = await take_in(sales, CALL, (*VISIT[:3], "call", *VISIT[4:]))

    assert (again["unchanged"], again["rejected"]) == (1, 1)
    assert len(await sales.events()) == before


async def test_history_passes_beside_nobody(sales: Sales) -> None:
    tomorrow = f"{(await sales.soon())} 10:00"
    await sales.ask(sales.olga, "PUT", f"/units/{sales.west}/live")

    done = await take_in(
        sales, VISIT, (*CALL[:5], tomorrow, ""), ("3", *CALL[1:4], "Nobody", *CALL[5:])
    )

    assert done["rejected"] == 3
    reasons = {which: reason for which, (_, reason) in (await errors(sales, done)).items()}
    assert "live since" in reasons["2"]
    assert "still to come" in reasons["1"]
    assert "no single seller" in reasons["3"]


async def test_without_saying_so_nothing_is_history(sales: Sales) -> None:
    done = await take_in(sales, CALL, history=False)

    assert done["rejected"] == 1


async def test_they_are_compared_by_kind(sales: Sales) -> None:
    await take_in(sales, CALL, VISIT)
    totals = [{"kind": "activities", "by": "kind", "value": "call", "count": 1}]

    answer = await sales.ask(sales.olga, "POST", "/migrations/crm/comparison", {"totals": totals})

    lines = {line["value"]: line["count_difference"] for line in answer.json()["lines"]}
    assert lines == {"call": 0, "visit": 1}

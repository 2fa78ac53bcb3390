"""Fifty sellers who claim the same lead at once, and lists where a million deals are."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import httpx

from shangji.bench.measurement import Measurement, Spread, percentile
from shangji.bench.plan import Plan
from shangji.bench.yard import Yard
from shangji.errors import StartRefused
from shangji.progress import Bar
from shared.access import ROOT_UNIT

CLAIMERS = 50
ROUNDS = 20
PAGES = 200
AT_ONCE = 50_000
DEALS = """
WITH new AS (
    INSERT INTO opportunities.deal
           (id, amount, list_value, currency, source, pipeline, pipeline_version, stage, status,
            probability, stage_since, owner_id, unit_id, next_step, reason, competitor, opened_at,
            sequence)
    SELECT gen_random_uuid(), 1000, 1000, 'CNY', '', 'standard', 1, '初步沟通', 'open', 0.1,
           current_date, person.id, person.unit_id, 'call', '', '', now() - make_interval(secs => n),
           1
      FROM generate_series($1::int, $2::int) AS n
      JOIN (SELECT id, unit_id, row_number() OVER (ORDER BY id) - 1 AS number,
                   count(*) OVER () AS people
              FROM opportunities.person WHERE 'seller' = ANY(roles)) AS person
        ON person.number = n % person.people
    RETURNING id, owner_id, unit_id, opened_at
)
INSERT INTO opportunities.ownership
       (id, subject_kind, subject_id, unit_id, owner_id, reasons, since, sequence, created_at)
SELECT gen_random_uuid(), 'opportunity', id, unit_id, owner_id, '{kept}', opened_at, 1, opened_at
  FROM new
"""


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Claims first, then lists with everything that is stored."""
    url = yard.stack.url("opportunities")
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits()) as http:
        sellers = await _sellers(yard)
        claims: list[float] = []
        asked: list[float] = []
        for number in range(plan.repeat):
            bar.at("pools, claims", number, plan.repeat)
            held = await _pooled(yard, ROUNDS if plan.repeat > 1 else 3)
            claims.append(percentile(await _claim(http, sellers, held), 0.99))
            asked.append(percentile(await _ask(http, sellers, len(held)), 0.99))
        for first in range(0, plan.stored, AT_ONCE):
            bar.at("pools, storing deals", first, plan.stored)
            await yard.admin.execute(DEALS, first + 1, min(first + AT_ONCE, plan.stored))
        await yard.admin.execute("ANALYZE opportunities.deal, opportunities.ownership")
        lines = [
            Measurement.beside(
                asked,
                f"{CLAIMERS} GET /me at once",
                value=claims,
                figure="pools",
                what=f"p99 of {CLAIMERS} claims of one lead at once",
                unit="ms",
                aim="≤ 120 ms",
            )
        ]
        for path in ("/opportunities", "/ownerships", "/pool", "/unassigned"):
            for who, token in (("operator", yard.client.token), ("seller", sellers[0])):
                if (path, who) == ("/unassigned", "seller"):
                    continue
                bar.about(f"pools, {path} of a {who}")
                samples = [
                    percentile(await _pages(http, path, token, plan), 0.99)
                    for _ in range(plan.repeat)
                ]
                lines.append(
                    Measurement(
                        value=Spread.of(samples),
                        figure="pools",
                        what=f"p99 of a page of {path}, {who}, {plan.stored:,} deals",
                        unit="ms",
                        aim="≤ 30 ms",
                    )
                )
    return lines


async def _sellers(yard: Yard) -> list[str]:
    """Tokens of as many sellers as claim at once."""
    people = [each async for each in yard.client.pages("opportunities", "/persons")]
    ids = [each["id"] for each in people if "seller" in each["roles"]]
    for number in range(len(ids), CLAIMERS):
        name = f"claimer.{number}"
        body = {"username": name, "name": name, "unit_id": str(ROOT_UNIT), "roles": ["seller"]}
        ids.append((await yard.client.send("POST", "opportunities", "/persons", body))["id"])
    return [
        yard.client.signer.for_person(UUID(person_id), lifetime=timedelta(hours=1))
        for person_id in ids[:CLAIMERS]
    ]


async def _pooled(yard: Yard, count: int) -> list[str]:
    """Leads that nobody serves, by the ids of their ownerships."""
    first = yard.range_of_phones()
    for number in range(count):
        body = {"name": "王工", "phone": f"139{first + number:08d}", "region": "海外"}
        await yard.client.send("POST", "leads", "/leads", {"channel": "website", **body})
    await yard.settle()
    waiting = await yard.client.get("opportunities", "/pool", limit=count)
    return [each["ownership_id"] for each in waiting["items"]]


async def _claim(
    http: httpx.AsyncClient, tokens: Sequence[str], held: Sequence[str]
) -> list[float]:
    taken: list[float] = []
    for ownership_id in held:
        answers = await asyncio.gather(
            *(_timed(http, "PUT", f"/pool/{ownership_id}/owner", token) for token in tokens)
        )
        if [status for status, _ in answers].count(200) != 1:
            raise StartRefused(f"{ownership_id} was not claimed by exactly one")
        taken += [milliseconds for _, milliseconds in answers]
    return taken


async def _ask(http: httpx.AsyncClient, tokens: Sequence[str], rounds: int) -> list[float]:
    taken: list[float] = []
    for _ in range(rounds):
        answers = await asyncio.gather(*(_timed(http, "GET", "/me", token) for token in tokens))
        taken += [milliseconds for _, milliseconds in answers]
    return taken


async def _timed(http: httpx.AsyncClient, method: str, path: str, token: str) -> tuple[int, float]:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    began = perf_counter()
    answer = await http.request(method, path, headers=headers)
    return answer.status_code, 1000 * (perf_counter() - began)


async def _pages(http: httpx.AsyncClient, path: str, token: str, plan: Plan) -> list[float]:
    """Page after page, from the first on again where the list ends."""
    taken: list[float] = []
    cursor: str | None = None
    for _ in range(PAGES if plan.repeat > 1 else 20):
        params: dict[str, Any] = {"cursor": cursor} if cursor else {}
        began = perf_counter()
        answer = await http.get(path, params=params, headers={"Authorization": f"Bearer {token}"})
        taken.append(1000 * (perf_counter() - began))
        answer.raise_for_status()
        cursor = answer.json()["next_cursor"]
    return taken

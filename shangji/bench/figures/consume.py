"""How fast opportunities gives a backlog of leads their owners, beside one statement per batch."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

from shangji.bench import backlog, enterprise
from shangji.bench.measurement import Measurement
from shangji.bench.plan import Plan
from shangji.bench.yard import DOWNSTREAM, SCHEMA, Yard
from shangji.progress import Bar

LIMIT = "one statement per 1,000 leads, no Python"
BATCH = 1000
LOOK_EVERY = 0.02
TABLES = f"""
CREATE TABLE {SCHEMA}.lead_copy (LIKE opportunities.lead_copy INCLUDING ALL);
CREATE TABLE {SCHEMA}.ownership (LIKE opportunities.ownership INCLUDING ALL);
CREATE TABLE {SCHEMA}.receipt (LIKE opportunities.receipt INCLUDING ALL);
CREATE TABLE {SCHEMA}.outbox (LIKE opportunities.outbox INCLUDING ALL);
CREATE TABLE {SCHEMA}.seller AS
SELECT row_number() OVER (ORDER BY id) - 1 AS number, id, unit_id
  FROM opportunities.person
 WHERE roles = '{{seller}}';
"""  # noqa: S608 - a name of our own
INCOMING = f"""
DROP TABLE IF EXISTS {SCHEMA}.incoming;
CREATE TABLE {SCHEMA}.incoming AS
SELECT row_number() OVER () AS number, lead
  FROM (SELECT lead FROM opportunities.lead_copy AS lead
         ORDER BY captured_at DESC LIMIT {{leads}}) AS latest;
ALTER TABLE {SCHEMA}.incoming ADD PRIMARY KEY (number);
TRUNCATE {SCHEMA}.lead_copy, {SCHEMA}.ownership, {SCHEMA}.receipt, {SCHEMA}.outbox;
"""  # noqa: S608 - a name of our own
STATEMENT = f"""
WITH batch AS (
    SELECT (lead).id, lead, seller.id AS owner_id, seller.unit_id, gen_random_uuid() AS ownership_id
      FROM {SCHEMA}.incoming
      JOIN {SCHEMA}.seller ON seller.number = incoming.number % (SELECT count(*) FROM {SCHEMA}.seller)
     WHERE incoming.number > $1
       AND incoming.number <= $1 + $2
), copied AS (
    INSERT INTO {SCHEMA}.lead_copy
    SELECT (lead).*
      FROM batch
), owned AS (
    INSERT INTO {SCHEMA}.ownership
           (id, subject_kind, subject_id, unit_id, owner_id, reasons, respond_by, since, sequence,
            created_at)
    SELECT ownership_id, 'lead', id, unit_id, owner_id, '{{in_turn}}', now() + '2 hours', now(), 1,
           now()
      FROM batch
), explained AS (
    INSERT INTO {SCHEMA}.receipt (id, ownership_id, rules_version, owner_id, body, decided_at)
    SELECT gen_random_uuid(), ownership_id, 1, owner_id,
           json_build_object('lead', id, 'chosen', owner_id), now()
      FROM batch
)
INSERT INTO {SCHEMA}.outbox
       (event_id, aggregate_type, aggregate_id, sequence, type, headers, payload, occurred_at)
SELECT gen_random_uuid(), 'ownership', ownership_id, 1, 'ownership.assigned.v1', '{{}}',
       convert_to(json_build_object('subject_id', id, 'owner_id', owner_id)::text, 'UTF8'), now()
  FROM batch
"""  # noqa: S608 - a name of our own
OWNED = "SELECT count(*) FROM opportunities.ownership WHERE owner_id IS NOT NULL"


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Leads owned in a second, from the first batch's commit to the last one's."""
    await yard.admin.execute(TABLES)
    raw: list[float] = []
    alone: list[float] = []
    together: list[float] = []
    for number in range(plan.repeat):
        bar.at("consume, round", number, plan.repeat)
        alone.append(await _drain(yard, plan, "leads", "notifications", "analytics"))
        together.append(await _drain(yard, plan))
        raw.append(await _in_sql(yard, plan.leads))
    return [
        Measurement.beside(
            raw,
            LIMIT,
            value=rates,
            figure="consume",
            what=f"{plan.leads:,} leads waiting, {state}",
            unit="leads/s",
            aim=aim,
        )
        for state, rates, aim in (
            ("others stopped", alone, "≥ 1,500"),
            ("all running", together, ""),
        )
    ]


async def _drain(yard: Yard, plan: Plan, *others: str) -> float:
    """Fill the backlog while the listeners stand still, then let them go, but for some."""
    await yard.settle()
    owned: int = await yard.admin.fetchval(OWNED)
    with yard.stopped(*DOWNSTREAM):
        await backlog.bring_in(yard, backlog.write(yard, plan.leads))
        await yard.sent("leads")
        await yard.admin.execute("CHECKPOINT")
    with yard.stopped(*others):
        return await _watch(yard, owned, owned + _new(plan.leads))


def _new(leads: int) -> int:
    """How many of a file are no duplicates."""
    return len({enterprise.row(number)[2] for number in range(leads)})


async def _watch(yard: Yard, before: int, after: int) -> float:
    """Look until all are owned; the first batch only starts the clock, whatever made it late."""
    first, began = 0, 0.0
    while True:
        owned = await yard.admin.fetchval(OWNED)
        now = perf_counter()
        if not first and owned > before:
            first, began = owned, now
        if owned >= after:
            return (owned - first) / (now - began) if owned > first else 0.0
        await asyncio.sleep(LOOK_EVERY)


async def _in_sql(yard: Yard, leads: int) -> float:
    await yard.settle()
    await yard.admin.execute(INCOMING.format(leads=leads))
    await yard.admin.execute("CHECKPOINT")
    began = perf_counter()
    for first in range(0, leads, BATCH):
        await yard.admin.execute(STATEMENT, first, BATCH)
    return leads / (perf_counter() - began)

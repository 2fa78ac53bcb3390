"""Taking over the deals of another system: facts with their own dates, without gates or notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from services.opportunities.domain import history
from services.opportunities.domain.deal import Deal, Decision
from services.opportunities.domain.history import DeclaredPipeline, HistoryRow, TakenOver
from services.opportunities.domain.ownership import OwnedSubject, Owner
from services.opportunities.domain.pipeline import Pipeline
from services.opportunities.domain.product import Product
from services.opportunities.handlers import business_time, ownership
from services.opportunities.handlers import pipeline as pipelines
from services.opportunities.repository import catalogue
from services.opportunities.repository import deal as deal_rows
from services.opportunities.repository import history as repository
from shared import live, outbox
from shared.db import Tx
from shared.ids import external_id
from shared.imports import RowOutcome, Run, Settings

Rows = Sequence[tuple[int, HistoryRow]]


class HistorySettings(Settings):
    """A mapping of histories may declare the other system's pipeline."""

    pipeline: DeclaredPipeline | None = None


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the rows of one batch refer to, read at once."""

    ids: Mapping[int, UUID]
    """Of the deals, by row."""
    sellers: Mapping[str, Owner]
    products: Mapping[str, Product]
    customer_ids: Mapping[str, UUID]
    """Known or not: another service tells of them, in its own time."""
    deals: Mapping[UUID, Deal]
    taken_over: Mapping[UUID, TakenOver]
    pipeline: Pipeline
    live: Mapping[UUID, datetime]
    """Units that work here already: their past is closed."""
    today: date


@dataclass(kw_only=True)
class _Batch:
    """What becomes of the rows, before anything is written."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    opened: list[Decision] = field(default_factory=list)
    changed: list[Decision] = field(default_factory=list)
    records: list[TakenOver] = field(default_factory=list)


async def take_over(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Record what is new or has changed; a row that says what the last run said changes nothing."""
    if not run.history:
        reason = "opportunities of other systems are history: the mapping says `history: true`"
        return [
            RowOutcome(row=number, effect="rejected", field="id", reason=reason)
            for number, _ in rows
        ]
    await repository.one_run_at_a_time(tx, run.system)
    known = await _look_up(tx, rows, run=run, now=now)

    batch = _Batch()
    for number, row in rows:
        batch.outcomes.append(_judge(batch, number, row, known=known, run=run, now=now))

    await _write(tx, batch, run=run, now=now)
    return batch.outcomes


async def _look_up(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> _Known:
    declared = cast("HistorySettings", run.settings).pipeline
    ids = {number: external_id("opportunity", run.system, row.id) for number, row in rows}
    sellers = sorted({row.seller for _, row in rows})
    products = sorted({row.product for _, row in rows if row.product})
    customers = {row.customer for _, row in rows if row.customer}
    return _Known(
        ids=ids,
        sellers=await catalogue.sellers_named(tx, run.system, sellers),
        products=await catalogue.products_named(tx, run.system, products),
        customer_ids={name: external_id("customer", run.system, name) for name in customers},
        deals=await deal_rows.lock_all(tx, list(ids.values())),
        taken_over=await repository.taken_over(tx, list(ids.values())),
        pipeline=await pipelines.declare(tx, declared, system=run.system),
        live=await live.units(tx),
        today=await business_time.today(tx, now),
    )


def _judge(
    batch: _Batch, number: int, row: HistoryRow, *, known: _Known, run: Run, now: datetime
) -> RowOutcome:
    owner, product = known.sellers.get(row.seller), known.products.get(row.product)
    flaw = history.flaw(
        row, owner=owner, product=product, pipeline=known.pipeline, today=known.today
    )
    if flaw is not None or owner is None:
        return _rejected(number, flaw.field if flaw else "", flaw.reason if flaw else "")

    deal_id = known.ids[number]
    fingerprint = history.fingerprint(row, owner=owner, product=product)
    previous, last = known.deals.get(deal_id), known.taken_over.get(deal_id)
    if last is not None and last.run_id == run.id and last.row != number:
        reason = f"row {last.row} is about the same opportunity"
        return RowOutcome(row=number, effect="duplicate", field="id", reason=reason)
    if previous is not None and last is not None and last.fingerprint == fingerprint:
        batch.records.append(replace(last, run_id=run.id, row=number))
        return RowOutcome(row=number, effect="unchanged")
    if closed := live.why_closed(known.live, owner.unit_id, previous and previous.unit_id):
        return _rejected(number, "seller", closed)
    if previous is not None and (last is None or not last.is_still_so(previous)):
        return _rejected(number, "id", "it has moved on here since it was taken over")
    return _take(batch, number, row, fingerprint, known=known, run=run, now=now)


def _take(
    batch: _Batch,
    number: int,
    row: HistoryRow,
    fingerprint: bytes,
    *,
    known: _Known,
    run: Run,
    now: datetime,
) -> RowOutcome:
    deal_id = known.ids[number]
    previous, last = known.deals.get(deal_id), known.taken_over.get(deal_id)
    is_new = previous is None or previous.status == "withdrawn"
    decision = history.record(
        row,
        id=deal_id,
        system=run.system,
        customer_id=known.customer_ids.get(row.customer),
        owner=known.sellers[row.seller],
        product=known.products.get(row.product),
        pipeline=known.pipeline,
        previous=previous,
        run_id=run.id,
        today=known.today,
        now=now,
    )
    batch.records.append(
        TakenOver(
            opportunity_id=deal_id,
            fingerprint=fingerprint,
            run_id=run.id,
            row=number,
            sequence=decision[0].sequence,
            owner_id=decision[0].owner_id,
            made_by=run.id if is_new else last and last.made_by,
            said_by=run.id,
        )
    )
    (batch.opened if previous is None else batch.changed).append(decision)
    return RowOutcome(row=number, effect="created" if is_new else "updated")


async def _write(tx: Tx, batch: _Batch, *, run: Run, now: datetime) -> None:
    decisions = [*batch.opened, *batch.changed]
    recorded = [deal for deal, _ in decisions]
    if batch.opened:
        await deal_rows.add(tx, [deal for deal, _ in batch.opened])
    if batch.changed:
        await deal_rows.save(tx, [deal for deal, _ in batch.changed])
    if batch.records:
        await repository.note(tx, batch.records)
    if not recorded:
        return
    await outbox.append_all(tx, decisions, at=now)
    blank = [""] * len(recorded)
    await deal_rows.note_moves(
        tx, recorded, kind="recorded", from_stages=blank, reasons=blank, by=run.actor_id, at=now
    )
    await ownership.assign_directly(
        tx,
        [
            OwnedSubject(kind="opportunity", subject_id=deal.id, owner_id=deal.owner_id)
            for deal in recorded
        ],
        reason="imported",
        history=True,
        now=now,
    )


def _rejected(number: int, field: str, reason: str) -> RowOutcome:
    return RowOutcome(row=number, effect="rejected", field=field, reason=reason)

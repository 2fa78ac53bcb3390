"""Undoing imports of deals, a batch of their rows at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.opportunities.domain import withdrawal
from services.opportunities.domain.deal import Deal, Decision
from services.opportunities.domain.history import HistoryRow, TakenOver
from services.opportunities.handlers import business_time
from services.opportunities.repository import activity
from services.opportunities.repository import deal as deal_rows
from services.opportunities.repository import history as repository
from services.opportunities.repository import ownership as ownerships
from shared import live, outbox
from shared.db import Tx
from shared.ids import external_id, ownership_id
from shared.imports import RowOutcome, Run

Rows = Sequence[tuple[int, HistoryRow]]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the rows of one batch are about, locked and read at once."""

    deals: Mapping[UUID, Deal]
    taken_over: Mapping[UUID, TakenOver]
    worked_on: frozenset[UUID]
    live: Mapping[UUID, datetime]
    today: date


async def undo_deals(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Deals that the import made are withdrawn; those that have moved on, and those it changed, stay."""
    import_id = run.undoes or run.id
    await repository.one_run_at_a_time(tx, run.system)
    meant = {number: external_id("opportunity", run.system, row.id) for number, row in rows}
    known = await _look_up(tx, sorted(set(meant.values())), now=now)

    outcomes: list[RowOutcome] = []
    gone: dict[UUID, Decision] = {}
    for number, deal_id in meant.items():
        deal, record = known.deals.get(deal_id), known.taken_over.get(deal_id)
        told = record is not None and import_id in (record.made_by, record.said_by)
        if deal is None or record is None or not told or deal_id in gone:
            outcomes.append(RowOutcome(row=number, effect="unchanged"))
        elif reason := _why_it_stays(deal, record, known, import_id=import_id):
            outcomes.append(RowOutcome(row=number, effect="rejected", field="id", reason=reason))
        else:
            gone[deal_id] = withdrawal.unrecord(
                deal, import_id=import_id, today=known.today, now=now
            )
            outcomes.append(RowOutcome(row=number, effect="withdrawn"))

    await _write(tx, gone, known, run=run, now=now)
    return outcomes


async def _look_up(tx: Tx, deal_ids: Sequence[UUID], *, now: datetime) -> _Known:
    # The ownership is locked before the deal, as a transfer and an activity do.
    await ownerships.lock(tx, [ownership_id("opportunity", deal_id) for deal_id in deal_ids])
    return _Known(
        deals=await deal_rows.lock_all(tx, deal_ids),
        taken_over=await repository.taken_over(tx, deal_ids),
        worked_on=await activity.worked_on(tx, "opportunity", deal_ids),
        live=await live.units(tx),
        today=await business_time.today(tx, now),
    )


def _why_it_stays(deal: Deal, record: TakenOver, known: _Known, *, import_id: UUID) -> str:
    return live.why_closed(known.live, deal.unit_id) or withdrawal.why_it_stays(
        deal, record, import_id=import_id, worked_on=deal.id in known.worked_on
    )


async def _write(
    tx: Tx, gone: Mapping[UUID, Decision], known: _Known, *, run: Run, now: datetime
) -> None:
    if not gone:
        return
    deals = [deal for deal, _ in gone.values()]
    await deal_rows.save(tx, deals)
    await repository.note(tx, [_forgotten(known.taken_over[deal.id], deal) for deal in deals])
    await outbox.append_all(tx, list(gone.values()), at=now)
    await deal_rows.note_moves(
        tx,
        deals,
        kind="withdrawn",
        from_stages=[deal.stage for deal in deals],
        reasons=[""] * len(deals),
        by=run.actor_id,
        at=now,
    )


def _forgotten(record: TakenOver, deal: Deal) -> TakenOver:
    """The same file again brings the deal back: no row is what was said of it last."""
    return replace(record, fingerprint=b"", sequence=deal.sequence, made_by=None, said_by=None)

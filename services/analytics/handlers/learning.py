"""Learning from events that take more than one table; each batch holds one event per aggregate."""

from collections.abc import Sequence
from datetime import date, datetime

from services.analytics.domain.business_day import BUSINESS_ZONE, start_of
from services.analytics.repository import Facts, leads, opportunities, stages, work
from shared.consumer import Heard
from shared.contracts.base import Event
from shared.contracts.opportunities import (
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityStageChanged,
    OpportunityUnrecorded,
    OpportunityWithdrawn,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    OwnershipUnassigned,
)
from shared.db import Tx

Row = dict[str, object]


def facts(batch: Sequence[Heard[Event]]) -> list[Row]:
    """The events as flat rows, each with its sequence and when it was known."""
    return [_row(heard) for heard in batch]


async def change_hands(
    tx: Tx, batch: Sequence[Heard[OwnershipAssigned | OwnershipPooled | OwnershipUnassigned]]
) -> None:
    """One period of holding ends, the next begins, and the record shows who holds it now."""
    rows = [_row(heard) | _holding(heard.event) for heard in batch]
    await work.end_periods(tx, rows)
    await work.begin_periods(tx, rows)
    await work.hold_leads(tx, rows)
    await work.hold_opportunities(tx, rows)


async def open_deals(tx: Tx, batch: Sequence[Heard[OpportunityOpened]]) -> None:
    """Deals stand in their first stage, and the leads they came from have become deals."""
    rows = facts(batch)
    await opportunities.open_deals(tx, rows, zone=BUSINESS_ZONE)
    await stages.enter(tx, [row | {"kind": "open", "entered_at": row["opened_at"]} for row in rows])
    await leads.note_deals_opened(tx, rows)


async def record_deals(tx: Tx, batch: Sequence[Heard[OpportunityRecorded]]) -> None:
    """Deals of another system are as recorded; what an earlier record said of their stages is doubted."""
    rows = facts(batch)
    await opportunities.record(tx, rows)
    await stages.doubt(tx, rows)
    stays = [
        row | {"step": step} | stay
        for row, heard in zip(rows, batch, strict=True)
        for step, stay in enumerate(_stays(heard.event))
    ]
    await stages.enter(tx, stays)
    await leads.note_deals_opened(
        tx,
        [row | {"opened_at": _began(heard.event)} for row, heard in zip(rows, batch, strict=True)],
    )
    won = [heard.event for heard in batch if heard.event.status == "won"]
    await leads.note_deals_won(
        tx,
        [
            {"opportunity_id": deal.opportunity_id, "closed_at": _start_of(deal.closed_on)}
            for deal in won
        ],
    )


async def move_deals(tx: Tx, batch: Sequence[Heard[OpportunityStageChanged]]) -> None:
    """Deals leave one open stage for another."""
    rows = facts(batch)
    await opportunities.move(tx, rows)
    await _go_on(
        tx,
        [
            row | {"stage": row["to_stage"], "kind": "open", "entered_at": row["changed_at"]}
            for row in rows
        ],
    )


async def win_deals(tx: Tx, batch: Sequence[Heard[OpportunityWon]]) -> None:
    """Deals are won, and so are the leads they came from."""
    rows = facts(batch)
    await opportunities.win(tx, rows)
    await _go_on(tx, [row | _closing(row, kind="won", probability=1) for row in rows])
    await leads.note_deals_won(tx, rows)


async def lose_deals(tx: Tx, batch: Sequence[Heard[OpportunityLost]]) -> None:
    """Deals are lost."""
    rows = facts(batch)
    await opportunities.lose(tx, rows)
    await _go_on(tx, [row | _closing(row, kind="lost", probability=0) for row in rows])


async def withdraw_deals(
    tx: Tx, batch: Sequence[Heard[OpportunityWithdrawn | OpportunityUnrecorded]]
) -> None:
    """Deals count nowhere any more, nor do their stays or what they had made of their leads."""
    rows = facts(batch)
    await opportunities.withdraw(tx, rows)
    await stages.doubt(tx, rows)
    await leads.forget_deals(tx, rows)


async def _go_on(tx: Tx, rows: Facts) -> None:
    await stages.leave(tx, rows)
    await stages.enter(tx, rows)


def _row(heard: Heard[Event]) -> Row:
    row = heard.event.model_dump()
    return {
        **row.pop("facts", {}),
        **row,
        "sequence": heard.sequence,
        "known_at": heard.occurred_at,
    }


def _holding(event: OwnershipAssigned | OwnershipPooled | OwnershipUnassigned) -> Row:
    """Who holds it from when, and why, whichever of the three it is."""
    match event:
        case OwnershipAssigned():
            return {"started_at": event.assigned_at}
        case OwnershipPooled():
            return {"started_at": event.pooled_at}
        case OwnershipUnassigned():
            return {"started_at": event.unassigned_at, "reason": ", ".join(event.reasons)}


def _stays(event: OpportunityRecorded) -> list[Row]:
    """Where a recorded deal stood and stands; one that does not tell its path is where it is now."""
    ends = [step.entered_on for step in event.path[1:]] + [event.closed_on]
    stays: list[Row] = [
        {
            "stage": step.stage,
            "kind": "open",
            "probability": step.probability,
            "entered_at": start_of(step.entered_on),
            "left_at": _start_of(end),
        }
        for step, end in zip(event.path, ends, strict=False)
    ]
    if event.status != "open":
        stays.append({"kind": event.status, "entered_at": _start_of(event.closed_on)})
    elif not event.path:
        stays.append({"kind": event.status, "entered_at": _start_of(event.engaged_on)})
    return stays


def _began(event: OpportunityRecorded) -> datetime:
    return _start_of(event.engaged_on) or event.recorded_at


def _start_of(day: date | None) -> datetime | None:
    return None if day is None else start_of(day)


def _closing(row: Row, *, kind: str, probability: float) -> Row:
    return {
        "stage": row["to_stage"],
        "kind": kind,
        "probability": probability,
        "entered_at": row["closed_at"],
    }

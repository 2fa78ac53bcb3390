"""Learning from events that take more than one table; each batch holds one event per aggregate."""

from collections.abc import Sequence

from services.analytics.domain.business_day import BUSINESS_ZONE, start_of
from services.analytics.repository import Facts, leads, opportunities, stages, work
from shared.consumer import Heard
from shared.contracts.base import Event
from shared.contracts.opportunities import (
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityStageChanged,
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
    await stages.enter(tx, [row | _entry(heard.event) for row, heard in _pairs(rows, batch)])


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


def _pairs(
    rows: list[Row], batch: Sequence[Heard[OpportunityRecorded]]
) -> "zip[tuple[Row, Heard[OpportunityRecorded]]]":
    return zip(rows, batch, strict=True)


def _holding(event: OwnershipAssigned | OwnershipPooled | OwnershipUnassigned) -> Row:
    """Who holds it from when, and why, whichever of the three it is."""
    match event:
        case OwnershipAssigned():
            return {"started_at": event.assigned_at}
        case OwnershipPooled():
            return {"started_at": event.pooled_at}
        case OwnershipUnassigned():
            return {"started_at": event.unassigned_at, "reason": ", ".join(event.reasons)}


def _entry(event: OpportunityRecorded) -> Row:
    """When a recorded deal entered the stage it is in: closed ones the day they closed."""
    day = event.engaged_on if event.status == "open" else event.closed_on
    return {"kind": event.status, "entered_at": None if day is None else start_of(day)}


def _closing(row: Row, *, kind: str, probability: float) -> Row:
    return {
        "stage": row["to_stage"],
        "kind": kind,
        "probability": probability,
        "entered_at": row["closed_at"],
    }

"""Commands that change aggregates and say so in the outbox of the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.leads import LeadTouched
from shared.envelope import Envelope
from tests.simulation.postgres import Postgres, RolledBack, Transaction
from tests.simulation.schedule import pause

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LEADS = [UUID(f"0192f7a0-0000-7000-8000-00000000000{number}") for number in (1, 2, 3)]
SUBMISSION = UUID("0192f7a0-0000-7000-8000-000000000009")
PAYLOADS = {
    lead: LeadTouched(lead_id=lead, submission_id=SUBMISSION, channel="web", touched_at=NOW)
    .model_dump_json(exclude={"type"})
    .encode()
    for lead in LEADS
}


@dataclass(frozen=True)
class Command:
    """What it touches, and how it takes its transaction id."""

    leads: Sequence[int]
    events: int = 1
    key_first: bool = True
    """It writes its Idempotency-Key row first, and so has an id before it locks anything (M2)."""
    refused: bool = False


async def carry_out(command: Command, database: Postgres) -> None:
    """Lock, decide, announce, commit, as the door and the handlers do it."""
    try:
        async with Transaction(database) as tx:
            if command.key_first:
                tx.take_xid()
                await pause()
            for number in sorted(set(command.leads)):
                await _announce(tx, database, LEADS[number], command.events)
            if command.refused:
                tx.roll_back()
    except RolledBack:
        return


async def _announce(tx: Transaction, database: Postgres, lead: UUID, events: int) -> None:
    await tx.lock(lead)
    await pause()
    last = database.sequences.get(lead, 0)
    for sequence in range(last + 1, last + events + 1):
        await tx.insert(touched(lead, sequence))


def touched(lead: UUID, sequence: int) -> Envelope:
    """The event of a lead with this sequence; its id follows from both, so that failures repeat."""
    return Envelope(
        event_id=UUID(int=lead.int + (sequence << 64)),
        aggregate_type="lead",
        aggregate_id=lead,
        sequence=sequence,
        type="lead.touched.v1",
        traceparent="",
        occurred_at=NOW,
        payload=PAYLOADS[lead],
    )

"""Taking leads in, one from a form or many from a file, by one decision."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from services.leads.domain import capture, identity
from services.leads.domain.capture import Arrival, Placing, Received
from services.leads.domain.channel import ChannelPolicy
from services.leads.domain.identity import Key
from services.leads.domain.intake import Telling, read
from services.leads.domain.lead import Events, Lead
from services.leads.domain.refusals import UnreadableValues
from services.leads.domain.touch import touches_of
from services.leads.domain.trail import NOWHERE, Trail
from services.leads.handlers.announcing import announce
from services.leads.repository import identity as identities
from services.leads.repository import lead as leads
from services.leads.repository import policy
from services.leads.repository import touch as touches
from services.leads.repository import trace as traces
from shared import audit, tracing
from shared.contracts.base import ExternalId
from shared.db import Tx
from shared.ids import external_id, new_id
from shared.principals import ROOT_UNIT, Principal

End = tuple[UUID, Arrival, Received]
"""Which lead an arrival belongs to, and what becomes of it if that lead is new."""
Changes = Mapping[UUID, tuple[Lead, Events]]
_NO_ROWS: Mapping[Key, bytes] = MappingProxyType({})


async def capture_lead(
    tx: Tx,
    *,
    submission_id: UUID,
    told: Telling,
    by: Principal,
    now: datetime,
    trail: Trail = NOWHERE,
) -> Received:
    """Make one submission a lead, or join it to the lead it belongs to."""
    arrival = await arrive(tx, submission_id=submission_id, told=told, by=by, now=now, trail=trail)
    [received] = await receive(tx, [arrival], now=now)
    await audit.record_all(tx, [entry_of(arrival, received)])
    return received


async def arrive(
    tx: Tx, *, submission_id: UUID, told: Telling, by: Principal, now: datetime, trail: Trail
) -> Arrival:
    """Read one submission. `UnreadableValues` names all that is wrong with it."""
    channel = channel_for(told, by)
    rules = (await policy.channels(tx)).policy_of(channel)
    reading, errors = read(told, channel=channel, default_region=rules.region)
    errors += rules.errors_in(told)
    if errors:
        raise UnreadableValues(errors=errors)

    return Arrival(
        lead_id=lead_id_for(reading.facts.external),
        submission_id=submission_id,
        reading=reading,
        placing=placing_for(rules, by),
        captured_at=now,
        trail=trail,
    )


def entry_of(arrival: Arrival, received: Received) -> audit.Entry:
    """What is noted of one submission that was taken."""
    channel = arrival.reading.facts.channel
    return audit.Entry(
        action=f"lead.{received.effect}",
        subject_kind="lead",
        subject_id=received.lead_id,
        after={"channel": channel, "submission_id": str(arrival.submission_id)},
    )


async def receive(
    tx: Tx,
    arrivals: Sequence[Arrival],
    *,
    hashes: Mapping[Key, bytes] = _NO_ROWS,
    import_id: UUID | None = None,
    now: datetime,
) -> list[Received]:
    """Let submissions become leads or join them; equal ones end as one, also at the same moment.

    `hashes` tell how the rows of imported records look now; of an import it is kept how the leads
    were before that its records joined.
    """
    async with tx.as_service():
        scoring = await policy.scoring(tx)
        returns = await policy.returns(tx)
        meeting = identity.meet([arrival.newcomer for arrival in arrivals])
        hoped, outcomes = capture.receive(
            {},
            list(zip(meeting.leaders, arrivals, strict=True)),
            scoring=scoring,
            returns=returns,
            now=now,
        )
        held = await leads.add_unknown(
            tx, [lead for lead, _ in hoped.values()], meeting.asked, hashes=hashes
        )
        settlement = identity.settle(meeting, held)
        if not settlement.older:
            ends = list(zip(meeting.leaders, arrivals, outcomes, strict=True))
            await _announce(tx, list(hoped.values()), ends, now=now)
            await touches.add_all(tx, touches_of(arrivals, outcomes))
            return outcomes

        await identities.move(tx, settlement.moved)
        known = await leads.lock_all(tx, list(settlement.older))
        ends = list(zip(settlement.leads, arrivals, outcomes, strict=True))
        if erased := [lead for lead in known.values() if lead.is_erased]:
            return await _receive_beside(
                tx, erased, ends, known, hoped, hashes=hashes, import_id=import_id, now=now
            )
        return await _join(tx, ends, known, hoped, import_id=import_id, now=now)


async def _join(
    tx: Tx,
    ends: Sequence[End],
    known: Mapping[UUID, Lead],
    hoped: Changes,
    *,
    import_id: UUID | None,
    now: datetime,
) -> list[Received]:
    """Let arrivals join the leads that were there before; the others are new, as was hoped."""
    if import_id is not None:
        await traces.keep(tx, import_id, list(known), now=now)
    changes, joined = capture.receive(
        known,
        [(lead_id, arrival) for lead_id, arrival, _ in ends if lead_id in known],
        scoring=await policy.scoring(tx),
        returns=await policy.returns(tx),
        now=now,
    )
    await leads.save_all(tx, [lead for lead, _ in changes.values()])
    new = [
        hoped[lead_id] for lead_id in dict.fromkeys(end[0] for end in ends) if lead_id not in known
    ]
    again = iter(joined)
    outcomes = [next(again) if lead_id in known else hope for lead_id, _, hope in ends]
    await _announce(tx, [*new, *changes.values()], ends, now=now)
    await touches.add_all(tx, touches_of([arrival for _, arrival, _ in ends], outcomes))
    return outcomes


async def _announce(
    tx: Tx, changes: Sequence[tuple[Lead, Events]], ends: Sequence[End], *, now: datetime
) -> None:
    """Say what happened; where several senders are served, each lead in the trace of its own."""
    with tracing.caused_alike({lead_id: arrival.submission_id for lead_id, arrival, _ in ends}):
        await announce(tx, changes, now=now)


async def _receive_beside(
    tx: Tx,
    erased: Sequence[Lead],
    ends: Sequence[End],
    known: Mapping[UUID, Lead],
    hoped: Changes,
    *,
    hashes: Mapping[Key, bytes],
    import_id: UUID | None,
    now: datetime,
) -> list[Received]:
    """Whoever was erased and comes again is somebody new: nothing leads to what they were."""
    gone = {lead.id for lead in erased}
    await identities.release_all(tx, gone)
    outcomes = iter(
        await _join(
            tx,
            [end for end in ends if end[0] not in gone],
            {lead_id: lead for lead_id, lead in known.items() if lead_id not in gone},
            hoped,
            import_id=import_id,
            now=now,
        )
    )
    again = iter(
        await receive(
            tx,
            [replace(arrival, lead_id=new_id()) for lead_id, arrival, _ in ends if lead_id in gone],
            hashes=hashes,
            import_id=import_id,
            now=now,
        )
    )
    return [next(again) if lead_id in gone else next(outcomes) for lead_id, _, _ in ends]


def channel_for(told: Telling, by: Principal) -> str:
    """The channel that a telling names, or the one that its sender stands for."""
    return told.channel or ("manual" if by.kind == "person" else "api")


def lead_id_for(external: ExternalId | None) -> UUID:
    """A record that another system names has the id that every service derives for it."""
    return external_id("lead", external.system, external.id) if external else new_id()


def placing_for(rules: ChannelPolicy, by: Principal) -> Placing:
    """A seller's own find belongs to them and their unit; all else to the channel's unit."""
    if rules.finder_keeps and by.kind == "person" and by.is_any("seller"):
        return Placing(unit_id=by.unit_id, assign_on=rules.assign_on, wanted_owner_id=by.id)
    return Placing(unit_id=rules.unit_id or ROOT_UNIT, assign_on=rules.assign_on)

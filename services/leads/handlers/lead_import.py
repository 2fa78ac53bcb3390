"""Taking leads in from files, a batch at a time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.leads.domain.capture import Arrival, Placing, Received
from services.leads.domain.channel import Channels
from services.leads.domain.conversion import DealTerms, Wish
from services.leads.domain.identity import Key, external_key
from services.leads.domain.intake import interpret
from services.leads.domain.placement import Placement
from services.leads.domain.refusals import AlreadyConverted
from services.leads.domain.tagging import TagPolicy
from services.leads.domain.undone_import import fingerprint
from services.leads.handlers.capture import lead_id_for, receive
from services.leads.handlers.conversion import convert_locked
from services.leads.handlers.lead_correction import correct_leads
from services.leads.handlers.tagging import tag_from_file
from services.leads.repository import identity as identities
from services.leads.repository import lead as leads
from services.leads.repository import placement, policy
from services.leads.repository import tag as tags
from services.leads.repository import trace as traces
from services.leads.schemas.lead_import import LeadRow
from shared.contracts.base import ExternalId
from shared.db import Tx
from shared.imports import OWN_SYSTEM, RowOutcome, Run
from shared.refusals import FieldError, Refused


@dataclass(frozen=True, kw_only=True)
class _Setting:
    """What the rows of one batch are read by."""

    run: Run
    channels: Channels
    placement: Placement
    vocabulary: TagPolicy
    units: Mapping[Key, UUID]
    """Where the leads are by now that the rows are about, as far as it matters."""
    now: datetime


async def import_leads(
    tx: Tx, rows: Sequence[tuple[int, LeadRow]], *, run: Run, now: datetime
) -> Sequence[RowOutcome]:
    """Rows become leads or join them; one that is as it was last time is passed over.

    Rows of an export are about leads that are here: they correct them.
    """
    ours = [(number, row) for number, row in rows if row.system == OWN_SYSTEM]
    outcomes = await correct_leads(tx, ours, run=run, now=now) if ours else []
    named = [
        (external_key(row.system or run.system, row.external_id), number, row)
        for number, row in rows
        if row.system != OWN_SYSTEM
    ]
    hashes = {key: row_hash(row) for key, _, row in named}
    known = await identities.row_hashes(tx, list(hashes))
    setting = await _setting(tx, [row for _, _, row in named], list(hashes), run=run, now=now)

    arrivals: dict[int, Arrival] = {}
    for key, number, row in named:
        if known.get(key) == hashes[key]:
            outcomes.append(RowOutcome(row=number, effect="unchanged"))
            continue
        arrival, errors = _arrival(row, key, setting)
        outcomes += _rejections(number, errors)
        if not errors:
            arrivals[number] = arrival

    received = await receive(tx, list(arrivals.values()), hashes=hashes, import_id=run.id, now=now)
    await _note_traces(tx, run, received, now=now)
    told = dict(rows)
    tagged = [
        (one.lead_id, told[number].tags)
        for number, one in zip(arrivals, received, strict=True)
        if told[number].tags
    ]
    await tag_from_file(tx, tagged, run=run, now=now)
    outcomes += [
        await _convert(tx, one, told[number], number=number, run=run, now=now)
        for number, one in zip(arrivals, received, strict=True)
    ]
    return outcomes


async def _setting(
    tx: Tx, rows: Sequence[LeadRow], keys: Sequence[Key], *, run: Run, now: datetime
) -> _Setting:
    placed = await placement.placement(tx, {row.unit for row in rows}, history=run.history)
    return _Setting(
        run=run,
        channels=await policy.channels(tx),
        placement=placed,
        vocabulary=(await tags.policy(tx)).policy,
        units=await placement.units_of_leads(tx, keys) if placed.live else {},
        now=now,
    )


async def _note_traces(tx: Tx, run: Run, received: Sequence[Received], *, now: datetime) -> None:
    after = {
        one.lead_id: fingerprint(one.lead)
        for one in received
        if one.lead is not None and one.effect != "unchanged"
    }
    await traces.note(tx, run.id, after, now=now)


def row_hash(row: LeadRow) -> bytes:
    """What tells whether a record has changed since it was last taken in."""
    # Rows that say nothing of it look as they did before it could be said.
    silent = set() if row.convert else {"convert"}
    return hashlib.sha256(row.model_dump_json(exclude=silent).encode()).digest()


async def _convert(
    tx: Tx, received: Received, row: LeadRow, *, number: int, run: Run, now: datetime
) -> RowOutcome:
    """The lead becomes a customer at once if its row says so; one that cannot is a lead all the same."""
    if row.convert not in ("customer", "deal"):
        return RowOutcome(row=number, effect=received.effect)
    wish = Wish(deal=DealTerms() if row.convert == "deal" else None)
    try:
        async with tx.savepoint():
            held = await leads.lock(tx, received.lead_id)
            await convert_locked(tx, held, wish=wish, by=run.actor_id, history=run.history, now=now)
    except AlreadyConverted:
        return RowOutcome(row=number, effect=received.effect)
    except Refused as refused:
        reason = f"It was taken in as a lead, but not converted. {refused.message}"
        return RowOutcome(row=number, effect="rejected", field="convert", reason=reason)
    return RowOutcome(row=number, effect=received.effect)


def _arrival(row: LeadRow, key: Key, setting: _Setting) -> tuple[Arrival, tuple[FieldError, ...]]:
    run, rules = setting.run, setting.channels.policy_of(row.channel)
    system = row.system or run.system
    reading, errors = interpret(
        row,
        channel=row.channel,
        external=ExternalId(system=system, id=row.external_id),
        product_id=row.product_id(system),
        default_region=rules.region,
    )
    unit_id = setting.placement.unit_of(row.unit) or rules.unit_id or run.unit_id
    arrival = Arrival(
        lead_id=lead_id_for(reading.facts.external),
        submission_id=run.id,
        reading=reading,
        placing=Placing(unit_id=unit_id, assign_on=rules.assign_on),
        captured_at=min(row.captured_at or setting.now, setting.now),
        history=run.history,
        corrects=True,
        outcome=row.outcome,
    )
    errors += rules.errors_in(row)
    errors += setting.vocabulary.errors_in(row.tags)
    errors += setting.placement.errors_in(row.unit, unit_id, setting.units.get(key))
    return arrival, errors


def _rejections(number: int, errors: Sequence[FieldError]) -> list[RowOutcome]:
    """The first thing wrong stands for the row."""
    return [
        RowOutcome(
            row=number,
            effect="rejected",
            field=error.pointer.removeprefix("/"),
            reason=error.reason,
        )
        for error in errors[:1]
    ]

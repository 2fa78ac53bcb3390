"""Undoing imports of leads, a batch of their rows at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.leads.domain import tagging, undone_import
from services.leads.domain.correction import record_named
from services.leads.domain.identity import Key, external_key
from services.leads.domain.lead import Events, Lead
from services.leads.domain.scoring import Scoring
from services.leads.domain.tagging import Mark, Marks, Tagging
from services.leads.domain.undone_import import Trace
from services.leads.handlers.announcing import announce
from services.leads.handlers.capture import lead_id_for
from services.leads.repository import identity as identities
from services.leads.repository import lead as leads
from services.leads.repository import policy
from services.leads.repository import tag as tags
from services.leads.repository import trace as traces
from services.leads.schemas.lead_import import LeadRow
from shared.contracts.base import ExternalId
from shared.db import Tx
from shared.imports import OWN_SYSTEM, RowOutcome, Run

Rows = Sequence[tuple[int, LeadRow]]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What there is about the leads of these rows, read at once."""

    meant: Mapping[int, UUID]
    """Which lead each row is about."""
    leads: Mapping[UUID, Lead]
    traces: Mapping[UUID, Trace]
    scoring: Scoring
    marks: Mapping[UUID, Marks]
    tagging: Tagging


@dataclass(kw_only=True)
class _Undone:
    """What is to be written."""

    import_id: UUID
    changes: list[tuple[Lead, Events]] = field(default_factory=list)
    withdrawn: dict[UUID, Key] = field(default_factory=dict)
    """With the key by which each comes back."""
    released: dict[UUID, Sequence[Key]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    again: list[Key] = field(default_factory=list)
    """Records whose rows take effect when they are imported again."""


async def undo_leads(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Leads that the import made are withdrawn, those it changed are as before; touched ones stay."""
    keys = {number: external_key(row.system or run.system, row.external_id) for number, row in rows}
    known = await _look_up(tx, rows, keys, run=run)
    undone = _Undone(import_id=run.undoes or run.id)

    outcomes: list[RowOutcome] = []
    seen: set[UUID] = set()
    for number, lead_id in known.meant.items():
        outcomes.append(
            RowOutcome(row=number, effect="unchanged")
            if lead_id in seen
            else _undo(undone, number, lead_id, keys[number], known=known, run=run, now=now)
        )
        seen.add(lead_id)
    await _write(tx, undone, now=now)
    return outcomes


async def forget_traces(tx: Tx, due: Sequence[traces.Place], *, now: datetime) -> None:  # noqa: ARG001
    """What can no longer be undone need not be kept."""
    await traces.forget(tx, due)


async def _look_up(tx: Tx, rows: Rows, keys: Mapping[int, Key], *, run: Run) -> _Known:
    """The leads these rows made or joined: by the key they left, or the ones they made, merged or not."""
    made = {number: _made_of(row, run) for number, row in rows}
    held = await traces.leads_of(tx, keys.values())
    found = await leads.lock_all(tx, list({*made.values(), *held.values()}))
    left = await traces.of_leads(tx, run.undoes or run.id, found)
    return _Known(
        meant={
            number: lead_id if lead_id in left else held.get(keys[number], lead_id)
            for number, lead_id in made.items()
        },
        leads=found,
        traces=left,
        scoring=await policy.scoring(tx),
        marks=await tags.marks_of(tx, list(found)),
        tagging=await tags.policy(tx),
    )


def _made_of(row: LeadRow, run: Run) -> UUID:
    """The lead that a row makes, or of an export the one that it is about."""
    if row.system == OWN_SYSTEM:
        return record_named(row.external_id)
    return lead_id_for(ExternalId(system=row.system or run.system, id=row.external_id))


def _undo(
    undone: _Undone, number: int, lead_id: UUID, key: Key, *, known: _Known, run: Run, now: datetime
) -> RowOutcome:
    lead, trace = known.leads.get(lead_id), known.traces.get(lead_id)
    if lead is None:
        return RowOutcome(row=number, effect="unchanged")
    reason = undone_import.why_it_stays(lead, trace) if trace else ""
    if reason not in ("", undone_import.CAME_ONCE_MORE):
        return _stays(number, reason)
    if trace is not None and trace.before is None:
        undone.again.append(key)
        undone.withdrawn[lead_id] = key
        undone.changes.append(undone_import.withdraw(lead, by=run.actor_id, now=now))
        return RowOutcome(row=number, effect="withdrawn")

    events: Events = ()
    if trace is not None and trace.before is not None and not reason:
        if given_up := undone_import.given_up(lead, trace.before):
            undone.released[lead_id] = sorted(given_up)
        lead, events = undone_import.restore(lead, trace.before, scoring=known.scoring, now=now)
    lead, more, marks = tagging.take_off(
        lead, known.marks[lead_id], undone.import_id, tagging=known.tagging, now=now
    )
    if not marks and (reason or trace is None):
        return _stays(number, reason) if reason else RowOutcome(row=number, effect="unchanged")
    undone.again.append(key)
    undone.marks += marks
    undone.changes.append((lead, events + more))
    return RowOutcome(row=number, effect="restored")


def _stays(number: int, reason: str) -> RowOutcome:
    return RowOutcome(row=number, effect="rejected", field="external_id", reason=reason)


async def _write(tx: Tx, undone: _Undone, *, now: datetime) -> None:
    changed = [lead for lead, _ in undone.changes]
    await leads.save_all(tx, changed)
    await tags.save_all(tx, undone.marks)
    for lead_id, gone in undone.released.items():
        await identities.release(tx, lead_id, gone)
    await traces.release_all_but(tx, undone.withdrawn)
    await traces.forget_rows(tx, undone.again)
    await traces.forget_touches(tx, undone.import_id, undone.withdrawn)
    await traces.forget(tx, [(lead.id, undone.import_id) for lead in changed])
    await announce(tx, undone.changes, now=now)

"""Rows of exported files that come back: what was changed in them corrects the leads they are about."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.leads.domain import capture
from services.leads.domain.correction import as_told, corrections, more_tags, record_named
from services.leads.domain.identity import Key, keys_of
from services.leads.domain.intake import Telling, read
from services.leads.domain.lead import Events, Lead
from services.leads.domain.scoring import Scoring
from services.leads.domain.tagging import on
from services.leads.domain.undone_import import fingerprint
from services.leads.handlers.announcing import announce
from services.leads.handlers.tagging import tag_from_file
from services.leads.repository import identity as identities
from services.leads.repository import lead as leads
from services.leads.repository import policy
from services.leads.repository import tag as tags
from services.leads.repository import trace as traces
from services.leads.schemas.lead_import import LeadRow
from shared import access
from shared.db import Tx
from shared.imports import RowOutcome, Run

Rows = Sequence[tuple[int, LeadRow]]
UNKNOWN = "there is no such lead, or you may not see it"
TAKEN = "another lead goes by this phone number or mail address"


@dataclass(kw_only=True)
class _Batch:
    """What becomes of the rows, before anything is written."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    revised: dict[int, tuple[Lead, tuple[Lead, Events]]] = field(default_factory=dict)
    """By row: the lead as it was, and as it is to be."""
    tagged: dict[int, tuple[UUID, list[str]]] = field(default_factory=dict)
    """By row: the lead, and the tags it is to have besides."""


async def correct_leads(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> list[RowOutcome]:
    """Cells that stand otherwise than the lead are corrections; a row as it went out changes nothing."""
    known = await leads.lock_all(tx, [record_named(row.external_id) for _, row in rows])
    sight = await access.sight_of(tx, run.actor_id, run.unit_id)
    scoring = await policy.scoring(tx)
    has = await tags.marks_of(tx, list(known))
    vocabulary = (await tags.policy(tx)).policy
    batch = _Batch()
    for number, row in rows:
        lead = known.get(record_named(row.external_id))
        if lead is None or not sight.shows(lead.unit_id, lead.owner_id):
            batch.outcomes.append(_rejected(number, "external_id", UNKNOWN))
        elif errors := vocabulary.errors_in(more := more_tags(on(has[lead.id]), row.tags)):
            batch.outcomes.append(_rejected(number, "tags", errors[0].reason))
        else:
            batch.tagged |= {number: (lead.id, more)} if more else {}
            _correct(batch, number, lead, row, scoring=scoring, now=now)

    await _write(tx, batch, run=run, now=now)
    return batch.outcomes


def _correct(
    batch: _Batch, number: int, lead: Lead, row: LeadRow, *, scoring: Scoring, now: datetime
) -> None:
    changes = corrections(lead, row)
    if changes and lead.state in ("merged", "withdrawn"):
        reason = f"the lead is {lead.state}"
        batch.outcomes.append(_rejected(number, "external_id", reason))
        return
    told = Telling.model_construct(_fields_set=None, **{**as_told(lead), **changes})
    reading, errors = read(told, channel=lead.facts.channel)
    if errors:
        error = errors[0]
        batch.outcomes.append(_rejected(number, error.pointer.removeprefix("/"), error.reason))
    elif changes:
        batch.revised[number] = lead, capture.revise(lead, reading, scoring=scoring, now=now)
    else:
        batch.outcomes.append(RowOutcome(row=number, effect="unchanged"))


async def _write(tx: Tx, batch: _Batch, *, run: Run, now: datetime) -> None:
    taken = await _go_by_new_keys(tx, [(old, new) for old, (new, _) in batch.revised.values()])
    changes: list[tuple[Lead, Events]] = []
    for number, (old, change) in batch.revised.items():
        if old.id in taken:
            batch.outcomes.append(_rejected(number, "phone", TAKEN))
            continue
        effect = "updated" if change[1] else "unchanged"
        batch.outcomes.append(RowOutcome(row=number, effect=effect))
        changes += [change] if change[1] else []
    changed = [lead for lead, _ in changes]
    await traces.keep(tx, run.id, [lead.id for lead in changed], now=now)
    await leads.save_all(tx, changed)
    await traces.note(tx, run.id, {lead.id: fingerprint(lead) for lead in changed}, now=now)
    await announce(tx, changes, now=now)
    await _tag(tx, batch, run=run, now=now)


async def _tag(tx: Tx, batch: _Batch, *, run: Run, now: datetime) -> None:
    """Put on what corrected rows have more; one that has nothing else to say is a correction too."""
    refused = {outcome.row for outcome in batch.outcomes if outcome.effect == "rejected"}
    tagged = {number: said for number, said in batch.tagged.items() if number not in refused}
    await tag_from_file(tx, list(tagged.values()), run=run, now=now)
    batch.outcomes = [
        replace(outcome, effect="updated") if outcome.row in tagged else outcome
        for outcome in batch.outcomes
    ]


async def _go_by_new_keys(tx: Tx, revised: Sequence[tuple[Lead, Lead]]) -> frozenset[UUID]:
    """Let leads go by their corrected numbers and addresses; those for whom they are somebody else's."""
    wanted = {lead.id: (_keys(old), _keys(lead)) for old, lead in revised}
    asked: dict[Key, UUID] = {}
    for lead_id, (old, new) in wanted.items():
        for key in new - old:
            asked.setdefault(key, lead_id)
    held = await identities.claim(tx, dict(sorted(asked.items())))
    taken = frozenset(
        lead_id
        for lead_id, (old, new) in wanted.items()
        if any(held[key].lead_id != lead_id for key in new - old)
    )
    for lead_id, (old, new) in wanted.items():
        left = (
            {key for key in new - old if held[key] == (lead_id, True)}
            if lead_id in taken
            else old - new
        )
        if left:
            await identities.release(tx, lead_id, sorted(left))
    return taken


def _keys(lead: Lead) -> frozenset[Key]:
    return frozenset(keys_of(lead.facts.external, lead.person))


def _rejected(number: int, name: str, reason: str) -> RowOutcome:
    return RowOutcome(row=number, effect="rejected", field=name, reason=reason)

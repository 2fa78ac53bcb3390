"""Tagging leads: by the rules behind what comes in, by a person's hand, from a file."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from services.leads.domain import tag_rehearsal, tagging
from services.leads.domain.lead import Lead
from services.leads.domain.tag_rehearsal import Rehearsal
from services.leads.domain.tagging import Decision, Marks, Tagging
from services.leads.handlers.announcing import announce
from services.leads.repository import lead as leads
from services.leads.repository import merge as merges
from services.leads.repository import rehearsal as candidates
from services.leads.repository import tag as tags
from shared import audit, configuration
from shared.db import Tx
from shared.imports import Run


async def tag_by_rules(tx: Tx, due: Sequence[UUID], *, now: datetime) -> None:
    """Let the tags of these leads be what the rules in force say."""
    in_force = await tags.policy(tx)
    held = await leads.lock_all(tx, due)
    marks = await tags.marks_of(tx, list(held))
    await _keep(
        tx,
        [
            tagging.tag_by_rules(lead, marks[lead.id], tagging=in_force, now=now)
            for lead in held.values()
        ],
        now=now,
    )
    await _follow_merges(tx, held, marks, now=now)


async def tag_lead(
    tx: Tx, *, lead_id: UUID, tag: str, is_on: bool, by: UUID, now: datetime
) -> None:
    """Put a tag on or take it off, by hand and for good."""
    held = await leads.lock(tx, lead_id)
    marks = (await tags.marks_of(tx, [lead_id]))[lead_id]

    decision = tagging.tag_by_hand(
        held, marks, {tag: is_on}, tagging=await tags.policy(tx), by=by, now=now
    )

    await _keep(tx, [decision], now=now)
    if decision[2]:
        await audit.record(
            tx,
            action="lead.tagged" if is_on else "lead.untagged",
            subject_kind="lead",
            subject_id=lead_id,
            after={"tag": tag},
        )


async def tag_from_file(
    tx: Tx, said: Sequence[tuple[UUID, Sequence[str]]], *, run: Run, now: datetime
) -> None:
    """Put on what a file says, but nothing that somebody here has decided about."""
    if not said:
        return
    wanted: dict[UUID, list[str]] = {}
    for lead_id, named in said:
        wanted.setdefault(lead_id, []).extend(named)
    in_force = await tags.policy(tx)
    held = await leads.lock_all(tx, list(wanted))
    marks = await tags.marks_of(tx, list(held))
    await _keep(
        tx,
        [
            tagging.tag_by_hand(
                lead,
                marks[lead.id],
                tagging.leave_out_decided(wanted[lead.id], marks[lead.id]),
                tagging=in_force,
                by=run.actor_id,
                import_id=run.id,
                now=now,
            )
            for lead in held.values()
            if lead.state != "merged"
        ],
        now=now,
    )


async def rehearse_tags(tx: Tx, *, version: int, months: int, most: int, who: int) -> Rehearsal:
    """What a version would put on the latest leads and take off; refuses rules that do not compile."""
    draft = await configuration.version(tx, "tags", version)
    tried = Tagging(version=version, policy=tagging.check(draft.body))
    found = await candidates.candidates(tx, months=months, limit=most)
    marks = await tags.marks_of(tx, [lead.id for lead in found])
    return tag_rehearsal.rehearse(found, marks, tried=tried, who=who)


async def _follow_merges(
    tx: Tx, seen: Mapping[UUID, Lead], marks: Mapping[UUID, Marks], *, now: datetime
) -> None:
    """What people put on a merged lead is on the one that goes on for it, for as long as they are merged."""
    merged = [
        lead_id for lead_id, lead in seen.items() if lead.state == "merged" and marks[lead_id]
    ]
    apart = [lead_id for lead_id, lead in seen.items() if lead.state != "merged"]
    for gone_id, survivor_id in (await merges.survivors(tx, merged)).items():
        await _change(
            tx, survivor_id, partial(tagging.inherit, gone=marks[gone_id].values()), now=now
        )
    for taker_id, gone_id in await tags.takers(tx, apart):
        await _change(tx, taker_id, partial(tagging.give_back, gone_id=gone_id), now=now)


async def _change(tx: Tx, lead_id: UUID, decide: Callable[..., Decision], *, now: datetime) -> None:
    held = await leads.lock(tx, lead_id)
    marks = (await tags.marks_of(tx, [lead_id]))[lead_id]
    decision = decide(held, marks, tagging=await tags.policy(tx), now=now)
    await _keep(tx, [decision], now=now)


async def _keep(tx: Tx, decisions: Sequence[Decision], *, now: datetime) -> None:
    changed = [(lead, events) for lead, events, _ in decisions if events]
    await tags.save_all(tx, [mark for _, _, marks in decisions for mark in marks])
    await leads.save_all(tx, [lead for lead, _ in changed])
    await announce(tx, changed, now=now)

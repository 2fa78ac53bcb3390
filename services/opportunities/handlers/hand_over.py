"""Handing everything over that somebody has: asked for at once, done in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import customer_line, hand_over, ownership
from services.opportunities.domain.hand_over import (
    HandOver,
    HandOverToOneself,
    Item,
    Share,
    Split,
)
from services.opportunities.domain.ownership import Owner
from services.opportunities.domain.person import PersonUnavailable
from services.opportunities.handlers import person as directory
from services.opportunities.handlers.unit import sees
from services.opportunities.repository import customer_line as lines
from services.opportunities.repository import deal as deals
from services.opportunities.repository import hand_over as repository
from services.opportunities.repository import ownership as ownerships
from services.opportunities.repository import person as people
from shared import audit, outbox
from shared.contracts.opportunities import HandOverCompleted
from shared.db import Tx
from shared.ids import new_id
from shared.principals import Principal
from shared.refusals import Forbidden, NotFound, Refused

AT_ONCE = 500
"""Records that are read and decided together; all are written in one transaction."""


@dataclass(kw_only=True)
class _Work:
    """One hand-over under way."""

    asked: HandOver
    owners: Mapping[UUID, Owner]
    split: Split
    now: datetime
    items: list[Item] = field(default_factory=list)


async def ask(tx: Tx, *, wanted: HandOver, by: Principal) -> HandOver:
    """Ask for a hand-over: giver and takers lie within the part of the organisation that one leads."""
    giver = (await people.lock(tx, [wanted.from_id])).get(wanted.from_id)
    if giver is None or not sees(tx, giver.unit_id):
        raise NotFound
    if wanted.leaves and not by.is_any("operator"):
        raise Forbidden
    if any(share.person_id == giver.id for share in wanted.shares):
        raise HandOverToOneself
    found = await _takers(tx, wanted.shares)
    for owner in found.values():
        if not sees(tx, owner.unit_id):
            raise PersonUnavailable(person=owner.person_id)
    Split.of(wanted.shares)
    return await _queue(tx, replace(wanted, unit_id=giver.unit_id))


async def ask_back(
    tx: Tx, *, hand_over_id: UUID, reason: str, by: Principal, now: datetime
) -> HandOver:
    """Ask that what the takers still have goes back to whoever gave it: they are back."""
    done = await repository.lock(tx, hand_over_id)
    if done is None:
        raise NotFound
    wanted = hand_over.give_back(done, id=new_id(), reason=reason, by=by.id, now=now)
    await _takers(tx, wanted.shares)
    return await _queue(tx, wanted)


async def carry_out(tx: Tx, due: Sequence[HandOver], *, now: datetime) -> None:
    """Do what was asked for; what cannot be done as a whole is not done at all."""
    for asked in due:
        try:
            async with tx.savepoint():
                done, events = await _carry_out(tx, asked, now=now)
        except Refused as refused:
            await repository.save(tx, hand_over.refuse(asked, refused.message, now=now))
        else:
            await repository.save(tx, done)
            await outbox.append(tx, done, events, at=now)


async def _queue(tx: Tx, wanted: HandOver) -> HandOver:
    await repository.save(tx, wanted)
    await audit.record(
        tx,
        action="hand_over.asked",
        subject_kind="person",
        subject_id=wanted.from_id,
        after={
            "hand_over_id": str(wanted.id),
            "to": [str(share.person_id) for share in wanted.shares],
            "kinds": list(wanted.kinds),
            "leaves": wanted.leaves,
            "returns_id": wanted.returns_id and str(wanted.returns_id),
        },
        why=wanted.reason,
    )
    return wanted


async def _takers(tx: Tx, shares: Sequence[Share]) -> dict[UUID, Owner]:
    found = await people.active_owners(tx, {share.person_id for share in shares})
    for missing in hand_over.owners_of(shares, found):
        raise PersonUnavailable(person=missing)
    return found


async def _carry_out(
    tx: Tx, asked: HandOver, *, now: datetime
) -> tuple[HandOver, Sequence[HandOverCompleted]]:
    work = _Work(
        asked=asked,
        owners=await _takers(tx, asked.shares),
        split=Split.of(asked.shares),
        now=now,
    )
    ids = (
        await repository.still_with_takers(tx, asked.returns_id)
        if asked.returns_id
        else await repository.held_by(tx, asked.from_id, asked.kinds)
    )
    for first in range(0, len(ids), AT_ONCE):
        await _give(tx, work, ids[first : first + AT_ONCE])
    if "customer" in asked.kinds:
        await _give_lines(tx, work)
    if asked.leaves:
        giver = (await people.lock(tx, [asked.from_id]))[asked.from_id]
        await directory.change_person(
            tx,
            person_id=giver.id,
            changes={"active": False},
            if_match=giver.sequence,
            now=now,
        )
    await _note(tx, work)
    return hand_over.complete(asked, work.items, now=now)


async def _give(tx: Tx, work: _Work, ids: Sequence[UUID]) -> None:
    """One chunk of records, each to whom the shares say."""
    held = await ownerships.lock(tx, ids)
    items: list[Item] = []
    decisions: list[ownership.Assigned] = []
    for record in _in_order((await repository.records(tx, ids)).values()):
        before = held[record.id]
        to = work.owners[work.split.choose(record)]
        after, events = ownership.transfer(
            before, to=to, respond_by=None, hand_over_id=work.asked.id, now=work.now
        )
        if events and before.owner_id:
            items.append(Item(record=record, from_id=before.owner_id, to_id=to.person_id))
            decisions.append((after, events))
    await ownerships.save(tx, [after for after, _ in decisions])
    await deals.set_owners(
        tx,
        {
            item.record.subject_id: work.owners[item.to_id]
            for item in items
            if item.record.kind == "opportunity"
        },
    )
    await repository.add_items(tx, work.asked.id, items)
    await outbox.append_all(tx, decisions, at=work.now)
    work.items += items


async def _give_lines(tx: Tx, work: _Work) -> None:
    items: list[Item] = []
    decisions: list[customer_line.Decision] = []
    found = await repository.lines_of(tx, work.asked.from_id, returns_id=work.asked.returns_id)
    for line, record in found:
        to = work.owners[work.split.choose(record)]
        decision = customer_line.assign(line, to=to, by=work.asked.asked_by, now=work.now)
        if decision[1] and line.owner_id:
            items.append(Item(record=record, from_id=line.owner_id, to_id=to.person_id))
            decisions.append(decision)
    await lines.save_all(tx, [line for line, _ in decisions])
    await repository.add_items(tx, work.asked.id, items)
    await outbox.append_all(tx, decisions, at=work.now)
    work.items += items


def _in_order(records: Iterable[hand_over.Record]) -> list[hand_over.Record]:
    """The same records are always split in the same way."""
    return sorted(records, key=lambda record: record.id)


async def _note(tx: Tx, work: _Work) -> None:
    asked = work.asked
    await audit.record_all(
        tx,
        [
            audit.Entry(
                action="hand_over.completed",
                subject_kind="person",
                subject_id=asked.from_id,
                after={"hand_over_id": str(asked.id), "records": len(work.items)},
                why=asked.reason,
                actor_id=asked.asked_by,
            )
        ],
    )

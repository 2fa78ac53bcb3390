"""Making two records one, and two again: the same for every kind."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.leads.domain import merging
from services.leads.domain.duplicates import Subject
from services.leads.domain.merging import Comparison, Record
from services.leads.domain.refusals import MergedIntoAnother
from services.leads.handlers.mergeable import Mergeable
from services.leads.repository import duplicate as duplicates
from services.leads.repository import merge as merges
from shared import audit
from shared.db import Tx
from shared.ids import new_id

R = TypeVar("R", bound=Record)


async def preview(
    tx: Tx, of: Mergeable[R], *, survivor_id: UUID, other_id: UUID, take: Collection[str]
) -> Comparison:
    """What a merge would do; nothing is changed."""
    survivor, gone = _both(of, await of.lock(tx, [survivor_id, other_id]), survivor_id, other_id)
    kind = await of.rules(tx, [survivor, gone])

    mine, since = merging.compare(kind, survivor, gone, take=take)

    owners = {survivor.owner_id, gone.owner_id}
    return Comparison(
        survivor_id=survivor_id,
        merged_id=other_id,
        mine=mine,
        theirs=kind.values(gone),
        since=since,
        is_owner=not of.is_personal or owners == {tx.scope.person_id},
    )


async def merge(
    tx: Tx,
    of: Mergeable[R],
    *,
    survivor_id: UUID,
    other_id: UUID,
    take: Collection[str],
    why: str,
    now: datetime,
) -> None:
    """One record goes on for both; what leads to the other leads to it."""
    survivor, gone = _both(of, await of.lock(tx, [survivor_id, other_id]), survivor_id, other_id)
    kind = await of.rules(tx, [survivor, gone])

    done = merging.merge(kind, survivor, gone, take=take, by=tx.actor_id, now=now)

    await of.save(tx, done, now=now)
    await merges.note(
        tx,
        new_id(),
        kind=of.kind,
        survivor_id=survivor_id,
        merged_id=other_id,
        state_before=getattr(gone, "state", ""),
        taken=done.taken,
        keys=await of.move_keys(tx, other_id, survivor_id),
        now=now,
    )
    await _decided(tx, of, survivor_id, other_id, state="merged", why=why, now=now)
    await _audit(tx, f"{of.kind}.merged", of, survivor_id, other_id, sorted(done.taken), why)


async def unmerge(tx: Tx, of: Mergeable[R], *, merged_id: UUID, why: str, now: datetime) -> None:
    """A merged record is one of its own again, and so is the one that went on for it."""
    undone = await merges.lock_in_force(tx, of.kind, merged_id)
    survivor_id = undone.survivor_id
    survivor, gone = _both(of, await of.lock(tx, [survivor_id, merged_id]), survivor_id, merged_id)
    going_on = await merges.going_on(tx, of.kind, survivor_id)
    if going_on != survivor_id:
        raise MergedIntoAnother(subject_id=survivor_id, into_id=going_on)
    kind = await of.rules(tx, [survivor, gone])

    done = merging.unmerge(
        kind,
        survivor,
        gone,
        taken=undone.taken,
        state=undone.state_before,
        by=tx.actor_id,
        now=now,
    )

    await of.save(tx, done, now=now)
    await of.give_back_keys(tx, survivor_id, merged_id, undone.keys)
    await merges.undo(tx, undone.id, now=now)
    # Whoever takes a merge back says that the two are not the same.
    await _decided(tx, of, survivor_id, merged_id, state="distinct", why=why, now=now)
    await _audit(tx, f"{of.kind}.unmerged", of, survivor_id, merged_id, [], why)


def _both(of: Mergeable[R], known: Mapping[UUID, R], one: UUID, other: UUID) -> tuple[R, R]:
    for wanted in (one, other):
        if wanted not in known:
            raise of.missing(subject_id=wanted)
    return known[one], known[other]


async def _decided(
    tx: Tx,
    of: Mergeable[R],
    one: UUID,
    other: UUID,
    *,
    state: duplicates.PairState,
    why: str,
    now: datetime,
) -> None:
    await duplicates.decide(
        tx, Subject(of.kind, one), Subject(of.kind, other), state=state, why=why, now=now
    )


async def _audit(
    tx: Tx,
    action: str,
    of: Mergeable[R],
    survivor_id: UUID,
    merged_id: UUID,
    taken: list[str],
    why: str,
) -> None:
    await audit.record(
        tx,
        action=action,
        subject_kind=of.kind,
        subject_id=merged_id,
        after={"survivor_id": str(survivor_id), "taken": taken},
        why=why,
    )

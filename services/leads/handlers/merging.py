"""Making two records one, and two again."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.leads.domain import merging, merging_customers
from services.leads.domain.duplicates import Subject
from services.leads.domain.merging import Comparison
from services.leads.domain.refusals import CustomerNotFound, LeadNotFound, MergedIntoAnother
from services.leads.handlers.announcing import announce
from services.leads.repository import customer as customers
from services.leads.repository import duplicate as duplicates
from services.leads.repository import lead as leads
from services.leads.repository import merge as merges
from services.leads.repository import policy
from shared import audit, outbox
from shared.db import Tx
from shared.ids import new_id
from shared.refusals import NotFound

T = TypeVar("T")


async def preview_leads(
    tx: Tx, *, survivor_id: UUID, other_id: UUID, take: Collection[str]
) -> Comparison:
    """What a merge would do; nothing is changed."""
    known = await leads.lock_all(tx, [survivor_id, other_id])
    survivor, gone = _both(known, survivor_id, other_id, LeadNotFound)
    merging.refuse_unless_mergeable(survivor, gone)
    mine, theirs = merging.values(survivor), merging.values(gone)
    return Comparison(
        survivor_id=survivor_id,
        merged_id=other_id,
        mine=mine,
        theirs=theirs,
        since=merging.chosen(mine, theirs, take=take),
        is_owner={survivor.owner_id, gone.owner_id} == {tx.scope.person_id},
    )


async def merge_leads(
    tx: Tx, *, survivor_id: UUID, other_id: UUID, take: Collection[str], why: str, now: datetime
) -> None:
    """One lead goes on for both; what the other went by leads to it."""
    await merges.lock_keys(tx, [survivor_id, other_id])
    known = await leads.lock_all(tx, [survivor_id, other_id])
    survivor, gone = _both(known, survivor_id, other_id, LeadNotFound)
    scoring = await policy.scoring(tx)

    done = merging.merge(survivor, gone, take=take, scoring=scoring, by=tx.actor_id, now=now)

    await leads.save_all(tx, [done.survivor, done.gone])
    await merges.redirect_lead(tx, other_id, into=survivor_id)
    await merges.note(
        tx,
        new_id(),
        kind="lead",
        survivor_id=survivor_id,
        merged_id=other_id,
        state_before=gone.state,
        taken=done.taken,
        keys=await merges.move_keys(tx, other_id, survivor_id),
        now=now,
    )
    await announce(tx, [(done.survivor, done.said), (done.gone, done.gone_said)], now=now)
    await _decided(tx, Subject("lead", survivor_id), Subject("lead", other_id), why=why, now=now)
    await _audit(tx, "lead.merged", "lead", survivor_id, other_id, sorted(done.taken), why)


async def unmerge_lead(tx: Tx, *, lead_id: UUID, why: str, now: datetime) -> None:
    """A merged lead is one of its own again, and so is the one that went on for it."""
    merge = await merges.lock_in_force(tx, "lead", lead_id)
    await merges.lock_keys(tx, [merge.survivor_id, lead_id])
    known = await leads.lock_all(tx, [merge.survivor_id, lead_id])
    survivor, gone = _both(known, merge.survivor_id, lead_id, LeadNotFound)
    if survivor.state == "merged":
        raise MergedIntoAnother(
            subject_id=survivor.id, into_id=await merges.going_on(tx, "lead", survivor.id)
        )

    done = merging.unmerge(
        survivor,
        gone,
        taken=merge.taken,
        state=merge.state_before,  # pyright: ignore[reportArgumentType] - a state, as it was kept
        scoring=await policy.scoring(tx),
        by=tx.actor_id,
        now=now,
    )

    await merges.redirect_lead(tx, lead_id, into=None)
    await leads.save_all(tx, [done.survivor, done.gone])
    await merges.give_back_keys(tx, merge.survivor_id, lead_id, merge.keys)
    await merges.undo(tx, merge.id, now=now)
    await announce(tx, [(done.survivor, done.said), (done.gone, done.gone_said)], now=now)
    await _apart(tx, Subject("lead", survivor.id), Subject("lead", lead_id), why=why, now=now)
    await _audit(tx, "lead.unmerged", "lead", survivor.id, lead_id, [], why)


async def preview_customers(
    tx: Tx, *, survivor_id: UUID, other_id: UUID, take: Collection[str]
) -> Comparison:
    """What a merge would do; nothing is changed."""
    known = await customers.lock_all(tx, [survivor_id, other_id])
    survivor, gone = _both(known, survivor_id, other_id, CustomerNotFound)
    merging_customers.refuse_unless_mergeable(survivor, gone)
    mine, theirs = merging_customers.values(survivor), merging_customers.values(gone)
    return Comparison(
        survivor_id=survivor_id,
        merged_id=other_id,
        mine=mine,
        theirs=theirs,
        since=merging.chosen(mine, theirs, take=take),
    )


async def merge_customers(
    tx: Tx, *, survivor_id: UUID, other_id: UUID, take: Collection[str], why: str, now: datetime
) -> None:
    """One customer goes on for both; names that led to the other lead to it."""
    known = await customers.lock_all(tx, [survivor_id, other_id])
    survivor, gone = _both(known, survivor_id, other_id, CustomerNotFound)

    done = merging_customers.merge(survivor, gone, take=take, by=tx.actor_id, now=now)

    await customers.save_all(tx, [done.survivor])
    await merges.redirect_customer(tx, other_id, sequence=done.gone.sequence, into=survivor_id)
    await merges.note(
        tx,
        new_id(),
        kind="customer",
        survivor_id=survivor_id,
        merged_id=other_id,
        state_before="",
        taken=done.taken,
        keys=await merges.move_names(tx, other_id, survivor_id),
        now=now,
    )
    await outbox.append_all(tx, [(done.survivor, done.said), (done.gone, done.gone_said)], at=now)
    mine, theirs = Subject("customer", survivor_id), Subject("customer", other_id)
    await _decided(tx, mine, theirs, why=why, now=now)
    await _audit(tx, "customer.merged", "customer", survivor_id, other_id, sorted(done.taken), why)


async def unmerge_customer(tx: Tx, *, customer_id: UUID, why: str, now: datetime) -> None:
    """A merged customer is one of its own again, with its contacts and deals."""
    merge = await merges.lock_in_force(tx, "customer", customer_id)
    known = await customers.lock_all(tx, [merge.survivor_id, customer_id])
    survivor, gone = _both(known, merge.survivor_id, customer_id, CustomerNotFound)
    if survivor.merged_into is not None:
        raise MergedIntoAnother(subject_id=survivor.id, into_id=survivor.merged_into)

    done = merging_customers.unmerge(survivor, gone, taken=merge.taken, by=tx.actor_id, now=now)

    await customers.save_all(tx, [done.survivor])
    await merges.redirect_customer(tx, customer_id, sequence=done.gone.sequence, into=None)
    await merges.give_back_names(tx, survivor.id, customer_id, merge.keys)
    await merges.undo(tx, merge.id, now=now)
    await outbox.append_all(tx, [(done.survivor, done.said), (done.gone, done.gone_said)], at=now)
    mine, theirs = Subject("customer", survivor.id), Subject("customer", customer_id)
    await _apart(tx, mine, theirs, why=why, now=now)
    await _audit(tx, "customer.unmerged", "customer", survivor.id, customer_id, [], why)


def _both(known: Mapping[UUID, T], one: UUID, other: UUID, missing: type[NotFound]) -> tuple[T, T]:
    for wanted in (one, other):
        if wanted not in known:
            raise missing(subject_id=wanted)
    return known[one], known[other]


async def _decided(tx: Tx, one: Subject, other: Subject, *, why: str, now: datetime) -> None:
    await duplicates.decide(tx, one, other, state="merged", why=why, now=now)


async def _apart(tx: Tx, one: Subject, other: Subject, *, why: str, now: datetime) -> None:
    """Whoever takes a merge back says that the two are not the same."""
    await duplicates.decide(tx, one, other, state="distinct", why=why, now=now)


async def _audit(
    tx: Tx,
    action: str,
    kind: str,
    survivor_id: UUID,
    merged_id: UUID,
    taken: list[str],
    why: str,
) -> None:
    await audit.record(
        tx,
        action=action,
        subject_kind=kind,
        subject_id=merged_id,
        after={"survivor_id": str(survivor_id), "taken": taken},
        why=why,
    )

"""Looking for duplicates behind what comes in, and deciding about them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.leads.domain.duplicates import Record, Rules, Subject, Suspicion, suspect
from services.leads.domain.matching.portrait import Portrait
from services.leads.domain.refusals import CannotBecomeOne, DecidedBefore
from services.leads.handlers import merging
from services.leads.handlers.mergeable import CONTACTS, CUSTOMERS, LEADS
from services.leads.repository import duplicate as duplicates
from services.leads.repository import party, policy
from shared import audit
from shared.db import Tx
from shared.refusals import Refused

Decision = Literal["merge", "distinct", "later"]


async def look_for_duplicates(tx: Tx, due: Sequence[Subject], *, now: datetime) -> None:
    """Make what is new findable, and put what looks like it on the list, or join it."""
    subjects = sorted(due)
    rules = await policy.duplicates(tx)
    records = await party.records(tx, subjects)
    portraits = rules.portraits(records.values())
    numbers = {subject: rules.split(portrait) for subject, portrait in portraits.items()}
    await duplicates.profile(tx, {subject: numbers.get(subject, ((), ())) for subject in subjects})
    found = await suspicions(tx, records, portraits, rules=rules)
    waiting = await duplicates.keep(tx, found, rules_version=rules.version, now=now)
    for pair in found:
        if pair.verdict.decision == "join" and (pair.one, pair.other) in waiting:
            await _join(tx, pair, now=now)


async def suspicions(
    tx: Tx,
    records: Mapping[Subject, Record],
    portraits: Mapping[Subject, Portrait],
    *,
    rules: Rules,
) -> list[Suspicion]:
    """What may be the same as one of these records."""
    subjects = list(portraits)
    hits = await duplicates.candidates(
        tx, [rules.split(portrait)[0] for portrait in portraits.values()], rules=rules
    )
    pairs = [(subjects[place], subject) for place, subject in hits]
    others = await party.records(tx, {subject for _, subject in hits} - set(subjects))
    records = {**records, **others}
    portraits = {**portraits, **rules.portraits(others.values())}
    census = await duplicates.census(tx, terms_of(portraits.values()))
    return list(suspect(records, portraits, pairs, census=census, rules=rules))


def terms_of(portraits: Iterable[Portrait]) -> set[int]:
    """The numbers of all their terms."""
    return {term.number for portrait in portraits for term in portrait.terms()}


async def _join(tx: Tx, pair: Suspicion, *, now: datetime) -> None:
    """Merge what the rules are certain of; where a merge is refused, people are asked."""
    if (pair.one.kind, pair.other.kind) != ("lead", "lead"):
        return
    survivor, gone = await party.older_first(tx, pair.one.id, pair.other.id)
    if survivor is None or gone is None:
        return
    try:
        async with tx.savepoint():
            await merging.merge(
                tx,
                LEADS,
                survivor_id=survivor,
                other_id=gone,
                take=(),
                why="By the rules",
                now=now,
            )
    except Refused:
        return


async def decide(
    tx: Tx,
    *,
    pair_id: UUID,
    decision: Decision,
    survivor_id: UUID | None,
    take: Collection[str],
    why: str,
    now: datetime,
) -> None:
    """Remember what somebody says about a pair whose records they may both see."""
    one, other, before = await duplicates.lock(tx, pair_id)
    await party.refuse_unless_seen(tx, one, other, pair_id=pair_id)
    if before in ("merged", "distinct"):
        raise DecidedBefore(state=before)
    if decision == "merge":
        await _merge(tx, one, other, survivor_id=survivor_id, take=take, why=why, now=now)
    else:
        await duplicates.decide(tx, one, other, state=decision, why=why, now=now)
    await audit.record(
        tx,
        action="duplicate.decided",
        subject_kind="duplicate",
        subject_id=pair_id,
        before={"state": before},
        after={"decision": decision},
        why=why,
    )


async def _merge(
    tx: Tx,
    one: Subject,
    other: Subject,
    *,
    survivor_id: UUID | None,
    take: Collection[str],
    why: str,
    now: datetime,
) -> None:
    survivor, gone = (other, one) if survivor_id == other.id else (one, other)
    ids = {"survivor_id": survivor.id, "other_id": gone.id}
    match survivor.kind, gone.kind:
        case "lead", "lead":
            await merging.merge(tx, LEADS, **ids, take=take, why=why, now=now)
        case "customer", "customer":
            await merging.merge(tx, CUSTOMERS, **ids, take=take, why=why, now=now)
        case "contact", "contact":
            await merging.merge(tx, CONTACTS, **ids, take=take, why=why, now=now)
        case _:
            raise CannotBecomeOne(one=survivor.kind, other=gone.kind)

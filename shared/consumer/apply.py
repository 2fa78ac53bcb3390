"""Carrying out a plan inside one transaction: effects, sequences, parked events and position together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import structlog
from pydantic import ValidationError

from shared import metrics, tracing
from shared.consumer import store
from shared.consumer.plan import Key, ParkedEvent, Plan, Reason, decide, key_of
from shared.consumer.registry import Consumer, Handler, Heard
from shared.consumer.store import Place, Tally
from shared.contracts import catalogue
from shared.contracts.base import Event
from shared.contracts.opportunities import ActivityLogged, OwnershipEvent
from shared.db import TRANSIENT, Tx
from shared.envelope import Envelope
from shared.failpoints import failpoint

log = structlog.get_logger()


@dataclass(kw_only=True)
class _Progress:
    """How far the lines of a plan have come."""

    heard: dict[Key, int] = field(default_factory=dict)
    parked: list[ParkedEvent] = field(default_factory=list)
    applied: list[Envelope] = field(default_factory=list)
    skipped: list[Envelope] = field(default_factory=list)


async def apply_batch(
    tx: Tx,
    consumer: Consumer,
    batch: Sequence[Envelope],
    *,
    group: str,
    topics: Mapping[str, str],
) -> dict[Place, Tally]:
    """Apply what is next in line, park what is not, drop what was heard before.

    `topics` names the topic of each type of aggregate.
    """
    keys = sorted({key_of(envelope) for envelope in batch})
    last, parked = await store.last_heard(tx, group=group, keys=keys)
    waiting = await store.waiting(tx, group=group, keys=parked) if parked else {}
    plan = decide(batch, last=last, waiting=waiting)
    progress = await _apply_lines(tx, consumer, plan.lines)
    await _remember(tx, plan, progress, group=group, topics=topics)
    return _tallies(batch, plan, progress, topics)


async def retry_key(tx: Tx, consumer: Consumer, key: Key, *, group: str) -> int:
    """Try a key's parked events again, in order; how many took effect."""
    topic = await store.lock_line(tx, key, group=group)
    if topic is None:
        return 0
    last, _ = await store.last_heard(tx, group=group, keys=[key])
    held = (await store.waiting(tx, group=group, keys=[key])).get(key, [])
    attempts = {event.envelope.sequence: event.attempts for event in held}
    plan = decide([event.envelope for event in held], last=last, waiting={})
    progress = await _apply_lines(tx, consumer, plan.lines)
    progress.parked = [
        replace(event, attempts=attempts.get(event.envelope.sequence, 0) + event.attempts)
        for event in progress.parked
    ]
    plan.healed = [event for line in plan.lines.values() for event in line]
    plan.to_park = []
    await _remember(tx, plan, progress, group=group, topics={key[0]: topic})
    return len(progress.applied) + len(progress.skipped)


async def drop_head(tx: Tx, consumer: Consumer, key: Key, *, group: str) -> Envelope | None:
    """Give up the first parked event of a key, as if it had taken effect, and go on with the rest."""
    await store.lock_line(tx, key, group=group)
    held = (await store.waiting(tx, group=group, keys=[key])).get(key, [])
    if not held:
        return None
    head = held[0].envelope
    await store.unpark(tx, [head], group=group)
    await store.save_heard(tx, {key: head.sequence}, group=group)
    await retry_key(tx, consumer, key, group=group)
    return head


async def _apply_lines(tx: Tx, consumer: Consumer, lines: dict[Key, list[Envelope]]) -> _Progress:
    """Apply layer by layer: a layer holds at most one event of each aggregate."""
    progress = _Progress()
    lines = {key: list(line) for key, line in lines.items()}
    while lines:
        groups: dict[Handler, list[tuple[Envelope, Event]]] = defaultdict(list)
        for key, line in list(lines.items()):
            _enter_layer(consumer, progress, groups, key, line)
        for handler, layer in groups.items():
            for envelope, reason, detail in await _apply_layer(tx, handler, layer, progress):
                _park_line(progress, lines[key_of(envelope)], envelope, reason, detail)
        lines = {key: line for key, line in lines.items() if line}
    return progress


def _enter_layer(
    consumer: Consumer,
    progress: _Progress,
    groups: dict[Handler, list[tuple[Envelope, Event]]],
    key: Key,
    line: list[Envelope],
) -> None:
    """Take the key's next event that somebody hears into the layer; skip those nobody hears."""
    while line:
        envelope = line.pop(0)
        if catalogue.is_unknown_version(envelope.type):
            _park_line(progress, line, envelope, "unknown_version", envelope.type)
            return
        handler = consumer.handler_of(envelope.type)
        if handler is None:
            progress.skipped.append(envelope)
            progress.heard[key] = envelope.sequence
            continue
        try:
            event = catalogue.parse(envelope.type, envelope.payload)
        except ValidationError as problem:
            _park_line(progress, line, envelope, "unreadable", _short(problem))
            return
        if event.aggregate_id != envelope.aggregate_id:
            _park_line(progress, line, envelope, "unreadable", "it is about another aggregate")
            return
        groups[handler].append((envelope, event))
        return


async def _apply_layer(
    tx: Tx, handler: Handler, layer: list[tuple[Envelope, Event]], progress: _Progress
) -> list[tuple[Envelope, Reason, str]]:
    """All at once; when that fails, one by one, so that only those at fault have to wait."""
    problem = await _try(tx, handler, layer)
    if problem is None:
        _note(progress, layer)
        return []
    failed: list[tuple[Envelope, Reason, str]] = []
    for pair in layer:
        if len(layer) > 1:
            problem = await _try(tx, handler, [pair])
        if problem is None:
            _note(progress, [pair])
            continue
        log.error(
            "event_refused", event_id=str(pair[0].event_id), type=pair[0].type, reason=problem
        )
        failed.append((pair[0], "refused", problem))
    return failed


async def _try(tx: Tx, handler: Handler, layer: list[tuple[Envelope, Event]]) -> str | None:
    """Why the handler refused, or nothing. Failures of the road rise: the whole batch starts anew."""
    heard = [
        Heard(
            event=event,
            event_id=envelope.event_id,
            sequence=envelope.sequence,
            occurred_at=envelope.occurred_at,
        )
        for envelope, event in layer
    ]
    try:
        with tracing.caused_by(_causes(layer)):
            async with tx.savepoint():
                await handler(tx, heard)
                await failpoint("consumer.handled")
    except TRANSIENT:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever the handler refused, only this key waits
        return _short(problem)
    return None


def _causes(layer: list[tuple[Envelope, Event]]) -> dict[UUID, str]:
    """The trace of everything spoken of: each aggregate, and the record it is about."""
    subjects = {
        event.subject_id: envelope.traceparent
        for envelope, event in layer
        if isinstance(event, OwnershipEvent | ActivityLogged)
    }
    return subjects | {envelope.aggregate_id: envelope.traceparent for envelope, _ in layer}


def _note(progress: _Progress, layer: list[tuple[Envelope, Event]]) -> None:
    for envelope, _ in layer:
        progress.applied.append(envelope)
        progress.heard[key_of(envelope)] = envelope.sequence


def _park_line(
    progress: _Progress, line: list[Envelope], head: Envelope, reason: Reason, detail: str
) -> None:
    """Park an event that cannot take effect, and behind it all that follows it."""
    progress.parked.append(ParkedEvent(envelope=head, reason=reason, detail=detail, attempts=1))
    progress.parked.extend(ParkedEvent(envelope=event, reason="behind") for event in line)
    line.clear()


async def _remember(
    tx: Tx, plan: Plan, progress: _Progress, *, group: str, topics: Mapping[str, str]
) -> None:
    await store.save_heard(tx, progress.heard, group=group)
    if plan.healed:
        await store.unpark(tx, plan.healed, group=group)
    parked = [*plan.to_park, *progress.parked]
    if parked:
        await store.park(tx, parked, group=group, topics=topics)
    for event in parked:
        metrics.PARKED.labels(topics[event.envelope.aggregate_type], event.reason).inc()
        log.warning(
            "event_parked",
            event_id=str(event.envelope.event_id),
            aggregate_id=str(event.envelope.aggregate_id),
            sequence=event.envelope.sequence,
            type=event.envelope.type,
            reason=event.reason,
        )


def _tallies(
    batch: Sequence[Envelope], plan: Plan, progress: _Progress, topics: Mapping[str, str]
) -> dict[Place, Tally]:
    """Count the batch's own messages; healed ones were counted as parked when they came.

    One that comes again in the very batch that heals it is a duplicate and no more.
    """
    tallies: dict[Place, Tally] = defaultdict(Tally)

    def at(envelope: Envelope) -> Tally:
        return tallies[topics[envelope.aggregate_type], envelope.partition]

    own = {envelope.event_id for envelope in batch}.difference(
        envelope.event_id for envelope in plan.healed
    )
    for envelope in plan.duplicates:
        at(envelope).duplicate += 1
    for envelope in progress.applied:
        at(envelope).applied += envelope.event_id in own
    for envelope in progress.skipped:
        at(envelope).skipped += envelope.event_id in own
    for event in (*plan.to_park, *progress.parked):
        at(event.envelope).parked += event.envelope.event_id in own
    return tallies


def _short(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        first = problem.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:500]
    return f"{type(problem).__name__}: {problem}"[:500]

"""Reading submissions again: once the mapping is right, a batch at a time, without doubling anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.leads.domain.capture import Received
from services.leads.domain.channel.correction import Misread
from services.leads.domain.channel.definition import FAMILY, ChannelVersion
from services.leads.domain.channel.reading import Understood, reread
from services.leads.domain.refusals import NothingToReplay
from services.leads.domain.touch import touch_of
from services.leads.handlers.channel import waiting
from services.leads.handlers.channel.correction import correct_leads
from services.leads.handlers.channel.intake import accept, arrival_of
from services.leads.handlers.submission import problem_of
from services.leads.repository import merge as merges
from services.leads.repository import policy
from services.leads.repository import touch as touches
from services.leads.repository.channel import replay as repository
from services.leads.repository.channel import submission as submissions
from services.leads.repository.channel.replay import Progress, Replay
from services.leads.repository.channel.submission import Stored
from shared import audit, configuration
from shared.db import Tx
from shared.ids import external_id, new_id
from shared.refusals import Refused

BATCH = 500


@dataclass(kw_only=True)
class Sorted:
    """A batch by what is to be done with it."""

    fresh: dict[UUID, tuple[Stored, Understood]] = field(default_factory=dict)
    """To be taken in as if they came now."""
    misread: dict[UUID, tuple[Stored, Understood, Misread]] = field(default_factory=dict)
    """Part of a lead that they do not describe."""
    refused: dict[UUID, Refused] = field(default_factory=dict)
    named: dict[UUID, tuple[Stored, tuple[str, ...]]] = field(default_factory=dict)
    """They only name leads, whom the platform has to be asked for."""
    unchanged: list[UUID] = field(default_factory=list)


async def ask_for_replay(
    tx: Tx, *, key: str, received_from: datetime, received_before: datetime, why: str
) -> UUID:
    """Have a stretch of time read again; it begins at once, in the background."""
    await policy.channel(tx, key)
    replay_id = new_id()
    total = await repository.add(
        tx, replay_id, key, since=received_from, before=received_before, why=why
    )
    if not total:
        raise NothingToReplay(channel=key)
    await audit.record(
        tx,
        action="channel.replay_asked",
        subject_kind="channel",
        subject_id=external_id("channel", "shangji", key),
        after={"replay_id": str(replay_id), "total": total},
        why=why,
    )
    return replay_id


async def replay_batches(tx: Tx, due: Sequence[Replay], *, now: datetime) -> None:
    """Read the next batch of each replay."""
    for replay in due:
        await _replay_batch(tx, replay, now=now)


async def _replay_batch(tx: Tx, replay: Replay, *, now: datetime) -> None:
    tx.actor_id = replay.asked_by
    batch = await repository.next_batch(tx, replay, limit=BATCH)
    if batch:
        own = await policy.channel(tx, replay.channel)
        done = await read_again(tx, own, batch, now=now)
        await repository.advance(tx, replay, batch[-1], done)
    if len(batch) < BATCH:
        await repository.end(tx, replay)


async def read_again(
    tx: Tx, own: ChannelVersion, batch: Sequence[Stored], *, now: datetime
) -> Progress:
    """Read kept submissions with the channel as it is now, and let their leads follow."""
    then = await _versions_of(tx, own, batch)
    found = _sort(own, batch, then)

    misread = list(found.misread.values())
    ends = await merges.survivors(
        tx, {stored.lead_id for stored, _, _ in misread if stored.lead_id}
    )
    described = [(ends[stored.lead_id], each) for stored, _, each in misread if stored.lead_id]
    held = await correct_leads(tx, described, now=now)
    right = [each for each in misread if each[0].lead_id and ends[each[0].lead_id] not in held]
    moved = [(stored, now_read) for stored, now_read, misread in right if misread.is_of_another]
    arrivals = {
        stored.id: arrival_of(own, understood, stored.id, stored.received_at)
        for stored, understood in (*found.fresh.values(), *moved)
    }
    await _touch_anew(tx, own, right)
    if arrivals:
        await accept(tx, own, arrivals, now=now)
    # What was merged is read once more when it is one of its own again: it keeps its version.
    settled = [
        stored.id
        for stored, _, _ in right
        if stored.id not in arrivals and stored.lead_id and ends[stored.lead_id] == stored.lead_id
    ]
    await submissions.note_version(tx, [*settled, *found.unchanged], version=own.version)
    problems = {
        stored.id: problem_of(found.refused[stored.id])
        for stored in batch
        if stored.id in found.refused and stored.lead_id is None
    }
    await submissions.explain_all(tx, problems, version=own.version)
    for stored, named in found.named.values():
        await waiting.expect(tx, own, stored.id, stored.message, named, now=now)
    return Progress(
        captured=len(found.fresh),
        corrected=len(right),
        unchanged=len(found.unchanged),
        unreadable=len(found.refused) + len(found.named),
        conflicting=len(found.misread) - len(right),
    )


async def _touch_anew(
    tx: Tx, own: ChannelVersion, right: Sequence[tuple[Stored, Understood, Misread]]
) -> None:
    """What led to these touches is now known better; those that move are touches of another lead."""
    staying = [
        touch_of(
            arrival_of(own, understood, stored.id, stored.received_at),
            Received(lead_id=stored.lead_id, effect=misread.effect),
        )
        for stored, understood, misread in right
        if stored.lead_id is not None and not misread.is_of_another
    ]
    await touches.replace_all(
        tx,
        [stored.id for stored, _, _ in right],
        [touch for touch in staying if touch is not None],
    )


async def _versions_of(
    tx: Tx, own: ChannelVersion, batch: Sequence[Stored]
) -> Mapping[int, ChannelVersion]:
    """The channel as it was when each submission was read last."""
    numbers = {stored.version for stored in batch if stored.lead_id is not None}
    kind = f"{FAMILY}{own.key}"
    return {
        number: policy.channel_of(await configuration.version(tx, kind, number))
        for number in numbers
        if number is not None
    }


def _sort(
    own: ChannelVersion, batch: Sequence[Stored], then: Mapping[int, ChannelVersion]
) -> Sorted:
    found = Sorted()
    for stored in batch:
        named = waiting.named_in(own, stored.message, stored.content_type)
        if named and stored.lead_id is None:
            found.named[stored.id] = (stored, named)
            continue
        now = reread(own, stored.message, stored.content_type)
        if isinstance(now, Refused):
            found.refused[stored.id] = now
        elif stored.lead_id is None:
            found.fresh[stored.id] = (stored, now)
        else:
            _compare(found, stored, now, then)
    return found


def _compare(
    found: Sorted, stored: Stored, now: Understood, then: Mapping[int, ChannelVersion]
) -> None:
    version = then.get(stored.version or 0)
    before = reread(version, stored.message, stored.content_type) if version else None
    if not isinstance(before, Understood) or stored.effect is None:
        found.unchanged.append(stored.id)
        return
    misread = Misread(said=before.reading, meant=now.reading, effect=stored.effect)
    if misread.is_same and before.trail == now.trail:
        found.unchanged.append(stored.id)
    else:
        found.misread[stored.id] = (stored, now, misread)

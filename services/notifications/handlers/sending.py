"""Carrying notices out of the house: lease, send with no transaction open, note the outcome."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications import wording
from services.notifications.domain import delivery, post
from services.notifications.domain.delivery import LEASE, Attempt
from services.notifications.domain.post import Line
from services.notifications.domain.preference import OutsideChannel
from services.notifications.gateways import Letter, Post
from services.notifications.gateways.outside import OUTSIDE
from services.notifications.repository import delivery as repository
from services.notifications.repository import escalation
from services.notifications.repository.delivery import Due
from shared.db import Tx
from shared.timers import Outcome, SendFailed

LETTERS_AT_ONCE = 64
"""So few that even a slow mail server has answered all of them before the lease ends."""

LINES_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class LetterDue:
    """A letter on its way; no letter when the reader cannot be written to."""

    attempt: Attempt
    letter: Letter | None
    known: bool = True
    """The directory has told us of the reader."""

    @property
    def id(self) -> UUID:
        return self.attempt.message_id


@dataclass(frozen=True, kw_only=True)
class PostDue:
    """A message of the robot on its way."""

    attempt: Attempt
    post: Post

    @property
    def id(self) -> UUID:
        return self.attempt.message_id


async def claim_letters(tx: Tx, *, now: datetime, limit: int) -> list[LetterDue]:
    """Take the mail that should go now."""
    due = await repository.lock_due_letters(tx, now=now, limit=min(limit, LETTERS_AT_ONCE))
    if not due:
        return []
    zone = (await escalation.policy(tx)).zone
    messages = {each.notice_id: each.notice_id for each in due}
    await repository.lease(tx, messages, channel="mail", until=now + LEASE)
    return [
        LetterDue(
            attempt=Attempt(message_id=each.notice_id, number=each.attempts + 1),
            letter=_letter(each, each.email, wording.words(each.told, zone=zone)),
            known=each.email is not None,
        )
        for each in due
    ]


async def send_letter(due: LetterDue) -> None:
    """Hand a letter to the mail server."""
    if due.letter is None:
        raise SendFailed("the reader has no work address", retry=not due.known)
    await OUTSIDE.send(due.letter)


async def note_letters(tx: Tx, outcomes: Sequence[Outcome[LetterDue]], *, now: datetime) -> None:
    """Note what became of letters."""
    await _note(tx, outcomes, channel="mail", now=now)


async def claim_posts(tx: Tx, *, now: datetime, limit: int) -> list[PostDue]:
    """Take as many messages as the robot may send now, each with as many notices as it holds."""
    if not await repository.has_due_posts(tx, now=now):
        return []
    held = await repository.lock_budget(tx, channel="wecom")
    budget = delivery.refill(held, now=now)
    allowed = min(limit, int(budget.tokens))
    if not allowed:
        return []
    due = await repository.due_posts(tx, now=now, messages=allowed, notices=LINES_AT_ONCE)
    zone = (await escalation.policy(tx)).zone
    posts = _posts(due, [_line(each, wording.words(each.told, zone=zone)) for each in due])
    posts = posts[:allowed]
    carried = {line.notice_id: message.id for message, lines in posts for line in lines}
    await repository.lease(tx, carried, channel="wecom", until=now + LEASE)
    await repository.save_budget(tx, delivery.spend(budget, len(posts)), channel="wecom")
    return [message for message, _ in posts]


async def send_post(due: PostDue) -> None:
    """Hand a message to the robot."""
    await OUTSIDE.post(due.post)


async def note_posts(tx: Tx, outcomes: Sequence[Outcome[PostDue]], *, now: datetime) -> None:
    """Note what became of the robot's messages."""
    await _note(tx, outcomes, channel="wecom", now=now)


async def _note(
    tx: Tx,
    outcomes: Sequence[Outcome[LetterDue]] | Sequence[Outcome[PostDue]],
    *,
    channel: OutsideChannel,
    now: datetime,
) -> None:
    results = [
        delivery.sent(outcome.item.attempt, now=now)
        if outcome.failure is None
        else delivery.not_sent(
            outcome.item.attempt,
            reason=outcome.failure.reason,
            retry=outcome.failure.retry,
            now=now,
        )
        for outcome in outcomes
    ]
    await repository.save_results(tx, results, channel=channel)


def _letter(due: Due, address: str | None, words: wording.Words) -> Letter | None:
    if not address:
        return None
    return Letter(message_id=due.notice_id, to=address, subject=words.title, text=words.body)


def _line(due: Due, words: wording.Words) -> Line:
    return Line(
        notice_id=due.notice_id, text=f"@{wording.plain(due.reader)} {words.title} {words.body}"
    )


def _posts(due: Sequence[Due], lines: Sequence[Line]) -> list[tuple[PostDue, list[Line]]]:
    """Messages that were put together before stay as they were; the rest is packed anew."""
    again: defaultdict[UUID, list[Line]] = defaultdict(list)
    fresh: list[Line] = []
    attempts: dict[UUID, int] = {}
    for each, line in zip(due, lines, strict=True):
        if each.message_id is None:
            fresh.append(line)
        else:
            again[each.message_id].append(line)
            attempts[each.message_id] = each.attempts
    packed = [*again.items(), *((held[0].notice_id, held) for held in post.pack(fresh))]
    return [
        (
            PostDue(
                attempt=Attempt(message_id=message_id, number=attempts.get(message_id, 0) + 1),
                post=Post(message_id=message_id, text=post.text_of(held)),
            ),
            held,
        )
        for message_id, held in packed
    ]

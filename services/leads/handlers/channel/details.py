"""Asking platforms for what their notices name: leased, asked with no transaction open, then taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from pydantic import JsonValue

from services.leads import gateways
from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.channel.details import (
    LEASE,
    MOST_ATTEMPTS,
    TOKEN,
    Question,
    ask_again_at,
)
from services.leads.domain.channel.reading import Understood, understand
from services.leads.domain.refusals import (
    ChannelNotFound,
    DetailsNotToBeHad,
    UnreadableSubmission,
)
from services.leads.handlers.channel.intake import accept, arrival_of
from services.leads.handlers.channel.secret import secrets_of
from services.leads.handlers.submission import problem_of
from services.leads.repository import policy
from services.leads.repository.channel import details as repository
from services.leads.repository.channel import submission as submissions
from shared.db import Tx
from shared.refusals import Refused
from shared.timers import Outcome, SendFailed

AT_ONCE = 64
"""So few that even a slow platform has answered all of them before the lease ends."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A submission whose details are asked for, for the so-manieth time."""

    id: UUID
    channel: str
    attempts: int
    question: Question | None
    problem: str = ""
    """Why there is nothing to ask."""


async def claim_questions(tx: Tx, *, now: datetime, limit: int) -> list[Asking]:
    """Take the submissions whose details are to be asked for now."""
    due = await repository.lease(tx, now=now, until=now + LEASE, limit=limit)
    tokens = {key: await _token(tx, key) for key in {each.channel for each in due}}
    return [_asking(each, *tokens[each.channel]) for each in due]


async def ask(asking: Asking) -> bytes:
    """Ask the platform."""
    if asking.question is None:
        raise SendFailed(asking.problem, retry=False)
    return await gateways.ask(asking.question)


async def note_answers(tx: Tx, outcomes: Sequence[Outcome[Asking]], *, now: datetime) -> None:
    """Take in what was answered, and note when to ask again for the rest."""
    waiting = await repository.lock_waiting(tx, [outcome.item.id for outcome in outcomes])
    answered: dict[str, dict[UUID, bytes]] = {}
    for outcome in outcomes:
        if outcome.item.id not in waiting:
            continue
        if outcome.failure is None:
            answered.setdefault(outcome.item.channel, {})[outcome.item.id] = outcome.answer
        else:
            await _not_answered(tx, outcome.item, outcome.failure, now=now)
    for key, answers in answered.items():
        await _take_in(tx, await policy.channel(tx, key), answers, waiting, now=now)


async def _take_in(
    tx: Tx,
    own: ChannelVersion,
    answers: Mapping[UUID, bytes],
    received_at: Mapping[UUID, datetime],
    *,
    now: datetime,
) -> None:
    read = {submission_id: _read(own, answer) for submission_id, answer in answers.items()}
    await repository.save_answers(tx, {each: message for each, (message, _) in read.items()})
    arrivals = {
        each: arrival_of(own, found, each, received_at[each])
        for each, (_, found) in read.items()
        if isinstance(found, Understood)
    }
    if arrivals:
        await accept(tx, own, arrivals, now=now)
    problems: dict[UUID, Mapping[str, JsonValue]] = {
        each: problem_of(found) for each, (_, found) in read.items() if isinstance(found, Refused)
    }
    await submissions.explain_all(tx, problems, version=own.version)


def _read(own: ChannelVersion, answer: bytes) -> tuple[bytes, Understood | Refused]:
    try:
        message = own.channel.details.readable(answer) if own.channel.details else answer
    except orjson.JSONDecodeError:
        return answer, UnreadableSubmission(problem="The platform's answer is not JSON")
    return message, understand(own, message, "application/json")


async def _not_answered(tx: Tx, asking: Asking, failure: SendFailed, *, now: datetime) -> None:
    again_at = ask_again_at(asking.attempts, now) if failure.retry else None
    refused = DetailsNotToBeHad(attempts=asking.attempts, problem=failure.reason)
    await repository.put_off(tx, asking.id, until=again_at, problem=problem_of(refused))


async def _token(tx: Tx, key: str) -> tuple[ChannelVersion | None, str]:
    """The channel, if it is still there, and what we show to its platform."""
    try:
        own = await policy.channel(tx, key)
    except ChannelNotFound:
        return None, ""
    known = await secrets_of(tx, own)
    return own, next((secret[TOKEN] for secret in known if secret.get(TOKEN)), "")


def _asking(due: repository.Due, own: ChannelVersion | None, token: str) -> Asking:
    problem, question = "", None
    if own is None or own.channel.details is None:
        problem = "The channel asks no platform for anything any more"
    elif not token:
        problem = f"The channel's secret has no {TOKEN}"
    elif due.attempts > MOST_ATTEMPTS:
        problem = "What the platform answers cannot be taken in"
    else:
        question = own.channel.details.question(due.id, due.asks_for, token=token)
    return Asking(
        id=due.id, channel=due.channel, attempts=due.attempts, question=question, problem=problem
    )

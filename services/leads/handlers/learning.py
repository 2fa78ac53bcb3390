"""Learning a score from closed leads, and watching whether it still fits the times."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from services.leads.domain.learning.card import LearnedScore
from services.leads.domain.learning.drift import drift, look_again
from services.leads.domain.learning.features import Example, Row
from services.leads.domain.learning.policy import LearningPolicy
from services.leads.repository import learning as repository
from services.leads.repository.learning import Training
from shared import apart, audit, configuration, metrics, outbox
from shared.db import Tx
from shared.ids import new_id
from shared.timers import Outcome

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
_COMPARED = 5_000
"""Open or recent leads that are looked at beside the closed ones."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A training, with everything it needs."""

    training: Training
    closed: Sequence[Example]
    still_open: Sequence[Row]
    policy: LearningPolicy
    now: datetime

    @property
    def is_empty(self) -> bool:
        """True when no lead to learn from has come to an end."""
        return all(example.is_held_out for example in self.closed)


async def want_training(tx: Tx, *, by: UUID, why: str, now: datetime) -> UUID:
    """Have a score learned from the leads that are closed by now."""
    training = Training(id=new_id(), wanted_by=by, why=why)
    await repository.add_training(tx, training, due_at=now)
    await audit.record(
        tx, action="training.wanted", subject_kind="training", subject_id=training.id, why=why
    )
    return training.id


async def schedule_training(tx: Tx, *, now: datetime) -> None:
    """Have one learned after the usual time, unless that is planned already."""
    policy = await repository.policy(tx)
    training = Training(id=new_id(), wanted_by=None, why="As scheduled")
    due_at = now + timedelta(days=policy.train_every_days)
    await repository.add_training(tx, training, due_at=due_at)


async def claim_lessons(tx: Tx, *, now: datetime, limit: int) -> Sequence[Lesson]:
    """The next training, with the closed leads to learn from; one at a time."""
    training = await repository.lease_training(tx, now=now, lasting=LEASE) if limit else None
    if training is None:
        return []
    policy = await repository.policy(tx)
    since = now - timedelta(days=policy.window_days)
    lesson = Lesson(
        training=training,
        closed=await repository.closed_leads(tx, since=since, limit=policy.most_examples),
        still_open=await repository.open_leads(tx, limit=_COMPARED),
        policy=policy,
        now=now,
    )
    return [lesson]


async def learn(lesson: Lesson) -> LearnedScore | None:
    """The score that the closed leads teach, worked out beside the event loop."""
    if lesson.is_empty:
        return None
    # Only the child needs scikit-learn, which takes a second to import.
    return await apart.run(_train, lesson)


async def note_lessons(tx: Tx, outcomes: Sequence[Outcome[Lesson]], *, now: datetime) -> None:
    """A learned score waits, checked, for somebody to put it in force."""
    for outcome in outcomes:
        training = outcome.item.training
        version = await _checked(tx, training, outcome.answer) if outcome.answer else None
        problem = outcome.failure.reason if outcome.failure else ""
        await repository.finish_training(
            tx,
            training.id,
            version=version,
            problem=problem or ("" if version else "No lead has come to an end yet"),
            now=now,
        )
    await schedule_training(tx, now=now)


async def measure_drift(tx: Tx, due: Sequence[int], *, now: datetime) -> None:
    """Compare the leads of late with those that the score in force was learned from."""
    found = await repository.in_force(tx)
    if found is None or found[0] not in due:
        return
    version, learned = found
    policy = await repository.policy(tx)
    since = now - timedelta(days=policy.recent_days)
    rows = await repository.recent_leads(tx, since=since, limit=_COMPARED)

    compare = partial(drift, learned.model, learned.profile, rows, limit=policy.drift_limit)
    measured = await asyncio.to_thread(compare)

    watch, events = look_again(await repository.watch(tx, version), measured, now=now)

    await repository.add_drift(tx, watch, measured, now=now)
    await outbox.append(tx, watch, events, at=now)
    metrics.LEARNED_SCORE_DRIFT.set(max([measured.score, *measured.features.values()]))
    if measured.beyond:
        log.warning("learned_score_drifted", version=version, beyond=measured.beyond)


async def _checked(tx: Tx, training: Training, learned: LearnedScore) -> int:
    draft = await configuration.create_draft(
        tx,
        "learned_score",
        learned.model_dump(mode="json"),
        why=training.why,
        author_id=training.wanted_by,
    )
    await configuration.check(tx, "learned_score", draft.version, LearnedScore.model_validate)
    return draft.version


def _train(lesson: Lesson) -> LearnedScore:
    from services.leads.domain.learning.training import train  # noqa: PLC0415

    return train(lesson.closed, lesson.still_open, policy=lesson.policy, now=lesson.now)

"""The learned score: of one lead, its card, and what became of trainings."""

from uuid import UUID

from services.leads.domain.learning.drift import Drift
from services.leads.domain.refusals import NothingLearned, TrainingNotFound
from services.leads.repository import learning
from services.leads.schemas.lead import LearnedOut
from services.leads.schemas.learned_score import LearnedScoreLine, LearnedScoreOut, TrainingOut
from shared import configuration
from shared.db import Tx


async def of_lead(tx: Tx, lead_id: UUID) -> LearnedOut | None:
    """How likely a lead that the reader may see is to be won; nothing before anything was learned."""
    found = await learning.in_force(tx)
    if found is None:
        return None
    version, learned = found
    known = await tx.fetchval(
        """
        SELECT known
          FROM lead_known
         WHERE id = $1
           AND ($2 OR unit_id = ANY($3) OR owner_id = $4)
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if known is None:
        return None
    said = learned.model.predict(known)
    return LearnedOut(
        probability=said.probability,
        factors=list(said.factors),
        model_version=version,
        cold_start=learned.card.cold_start,
    )


async def in_force(tx: Tx) -> LearnedScoreOut:
    """The card of the learned score in force, with the drift that was last measured."""
    found = await learning.in_force(tx)
    if found is None:
        raise NothingLearned
    return await version(tx, found[0])


async def version(tx: Tx, number: int) -> LearnedScoreOut:
    """The card of one version."""
    held = await configuration.version(tx, "learned_score", number)
    measured = await tx.fetchrow(
        """
        SELECT measured_at, body
          FROM learned_drift
         WHERE version = $1
         ORDER BY measured_at DESC
         LIMIT 1
        """,
        number,
    )
    return LearnedScoreOut.model_validate(
        {
            "version": held.version,
            "state": held.state,
            "author_id": held.author_id,
            "card": held.body["card"],
            "drift": None if measured is None else Drift.model_validate(measured["body"]),
            "drift_measured_at": None if measured is None else measured["measured_at"],
        }
    )


async def versions(tx: Tx) -> list[LearnedScoreLine]:
    """Every learned score, the latest first, without their tables."""
    rows = await tx.fetch(
        """
        SELECT version, state, author_id, why, created_at, activated_at,
               (body #>> '{card,leads}')::int AS leads,
               (body #>> '{card,held_out,auc}')::float8 AS auc,
               (body #>> '{card,held_out,calibration_error}')::float8 AS calibration_error
          FROM configuration
         WHERE kind = 'learned_score'
         ORDER BY version DESC
         LIMIT 200
        """
    )
    return [LearnedScoreLine.model_validate(dict(row)) for row in rows]


async def training(tx: Tx, training_id: UUID) -> TrainingOut:
    """What became of a training."""
    row = await tx.fetchrow(
        """
        SELECT id, wanted_by, why, finished_at, version, problem
          FROM training
         WHERE id = $1
        """,
        training_id,
    )
    if row is None:
        raise TrainingNotFound
    return TrainingOut.model_validate(dict(row))

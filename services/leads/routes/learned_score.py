"""The score that is learned: its card, its versions, and learning anew."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.leads.handlers import learning as handlers
from services.leads.queries import learned_score as queries
from services.leads.schemas.learned_score import (
    LearnedScoreLine,
    LearnedScoreOut,
    TrainingIn,
    TrainingOut,
)
from shared.web import EVERYBODY, Actor, Now, Tx, allow, door

router = door.router(prefix="/scoring", tags=["scoring"])


@router.get("/model", dependencies=[allow(*EVERYBODY)])
async def show_learned_score(tx: Tx) -> LearnedScoreOut:
    """The card of the learned score in force."""
    return await queries.in_force(tx)


@router.get("/models", dependencies=[allow(*EVERYBODY)])
async def list_learned_scores(tx: Tx) -> list[LearnedScoreLine]:
    """Every learned score, the latest first; activated and rolled back as other configuration is."""
    return await queries.versions(tx)


@router.get("/models/{version}", dependencies=[allow(*EVERYBODY)])
async def show_learned_score_version(
    version: Annotated[int, Path(ge=1, le=2**31 - 1)], tx: Tx
) -> LearnedScoreOut:
    """The card of one learned score."""
    return await queries.version(tx, version)


@router.post("/trainings", status_code=202, dependencies=[allow("operator")])
async def want_training(
    wanted: TrainingIn, response: Response, tx: Tx, actor: Actor, now: Now
) -> TrainingOut:
    """Have a score learned from the leads that are closed; it waits for somebody to activate it."""
    training_id = await handlers.want_training(tx, by=actor.id, why=wanted.why, now=now)
    response.headers["Location"] = f"/scoring/trainings/{training_id}"
    return await queries.training(tx, training_id)


@router.get("/trainings/{training_id}", dependencies=[allow("operator", "auditor")])
async def show_training(training_id: UUID, tx: Tx) -> TrainingOut:
    """What became of a training."""
    return await queries.training(tx, training_id)

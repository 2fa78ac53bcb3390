"""Learned scores and their trainings, as callers see them."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.leads.domain.learning.card import Card
from services.leads.domain.learning.drift import Drift
from shared.configuration import State
from shared.web import Request


class TrainingIn(Request):
    """A score is to be learned now, from the leads that are closed."""

    why: str = Field(min_length=1, max_length=500)


class TrainingOut(BaseModel):
    """A training; it waits until it is finished, and then names what was learned, or why nothing."""

    id: UUID
    wanted_by: UUID | None
    """Nobody: the schedule."""
    why: str
    finished_at: AwareDatetime | None
    version: int | None
    problem: str


class LearnedScoreLine(BaseModel):
    """One learned score in a list."""

    version: int
    state: State
    author_id: UUID | None
    why: str
    created_at: AwareDatetime
    activated_at: AwareDatetime | None
    leads: int
    auc: float | None
    calibration_error: float | None


class LearnedScoreOut(BaseModel):
    """A learned score as it is to be judged, and whether the times have left it behind."""

    version: int
    state: State
    author_id: UUID | None
    card: Card
    drift: Drift | None
    drift_measured_at: AwareDatetime | None

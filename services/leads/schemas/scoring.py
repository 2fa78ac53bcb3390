"""Rules that are tried, and rules that take over, as callers see them."""

from pydantic import BaseModel, Field

from services.leads.domain.rehearsal import Rehearsal
from shared.web import Request


class RehearsalIn(Request):
    """On which leads rules are tried: the latest, open and closed, that the caller may see."""

    months: int = Field(default=12, ge=1, le=120)
    leads: int = Field(default=5_000, ge=1, le=20_000)
    who: int = Field(default=20, ge=0, le=200)
    """How many of those whose grade would change are named."""


class RehearsalOut(Rehearsal):
    """What would be different, and what judging a lead costs."""

    microseconds: float
    """Of processor time, for one lead and one version."""


class RescoringOut(BaseModel):
    """How far the rules in force have come; `remaining` leads still have a score by earlier ones."""

    version: int
    leads: int
    remaining: int

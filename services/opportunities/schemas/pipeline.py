"""Responses about pipelines."""

from pydantic import BaseModel

from services.opportunities.domain.pipeline import Pipeline


class Pipelines(BaseModel):
    """The pipelines in use, each in its current version."""

    items: list[Pipeline]

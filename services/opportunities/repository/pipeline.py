"""Pipelines: versioned configuration, one kind for each."""

from services.opportunities.domain.pipeline import Pipeline
from shared import configuration
from shared.db import Tx


async def current(tx: Tx, key: str) -> Pipeline:
    """The version that new deals begin on."""
    active = await configuration.current(tx, f"pipeline:{key}")
    return Pipeline(key=key, version=active.version, **active.body)


async def version(tx: Tx, key: str, version: int) -> Pipeline:
    """The version that a deal began on."""
    began_on = await configuration.version(tx, f"pipeline:{key}", version)
    return Pipeline(key=key, version=version, **began_on.body)

"""The pipelines deals go by: versions of configuration, one kind for each pipeline."""

from services.opportunities.domain.history import DeclaredPipeline
from services.opportunities.domain.pipeline import (
    STANDARD,
    Pipeline,
    PipelineBody,
    UnknownPipeline,
    parse,
)
from services.opportunities.domain.standard import STANDARD_PIPELINE
from shared import configuration
from shared.configuration import Body, Configuration, NotConfigured
from shared.db import Tx

FAMILY = "pipeline:"
"""With the pipeline's key behind it, the kind of its configuration."""


async def current(tx: Tx, key: str) -> Pipeline:
    """The version that new deals begin on."""
    try:
        found = await configuration.current(tx, f"{FAMILY}{key}")
    except NotConfigured as unknown:
        raise UnknownPipeline(pipeline=key) from unknown
    return _pipeline(found)


async def version(tx: Tx, key: str, number: int) -> Pipeline:
    """The version that a deal began on."""
    return _pipeline(await configuration.version(tx, f"{FAMILY}{key}", number))


async def seed_standard(tx: Tx) -> None:
    """Give a new enterprise a pipeline to start with."""
    await configuration.seed(
        tx, f"{FAMILY}{STANDARD}", _body(STANDARD_PIPELINE), checker=parse, why="first start"
    )


async def declare(tx: Tx, declared: DeclaredPipeline | None, *, system: str) -> Pipeline:
    """The pipeline a migration run goes by: what its mapping declares, as a version of our own."""
    if declared is None:
        return await current(tx, STANDARD)
    published = await configuration.publish(
        tx,
        f"{FAMILY}{declared.key}",
        _body(declared.body()),
        checker=parse,
        why=f"declared by the history of {system}",
    )
    return _pipeline(published)


def _body(pipeline: PipelineBody) -> Body:
    return pipeline.model_dump(mode="json")


def _pipeline(found: Configuration) -> Pipeline:
    key = found.kind.removeprefix(FAMILY)
    return Pipeline.model_validate({**found.body, "key": key, "version": found.version})

"""Pipelines over HTTP; they are written as configurations of the kind `pipeline:<key>`."""

from services.opportunities.domain.pipeline import Pipeline
from services.opportunities.queries import pipeline as queries
from services.opportunities.schemas.pipeline import Pipelines
from shared.web import EVERYBODY, Tx, allow, door

router = door.router(prefix="/pipelines", tags=["pipelines"])


@router.get("", response_model=Pipelines, dependencies=[allow(*EVERYBODY)])
async def list_pipelines(tx: Tx) -> Pipelines:
    """The pipelines in use: their stages, what each asks for, and the reasons for closing."""
    return Pipelines(items=await queries.current(tx))


@router.get("/{key}/{version}", response_model=Pipeline, dependencies=[allow(*EVERYBODY)])
async def show_pipeline(key: str, version: int, tx: Tx) -> Pipeline:
    """One version, also an older one that open deals are still on."""
    return await queries.version(tx, key, version)

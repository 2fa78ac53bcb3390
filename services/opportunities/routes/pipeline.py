"""Pipelines over HTTP; they are written as configurations of the kind `pipeline:<key>`."""

from services.opportunities.queries import pipeline as queries
from services.opportunities.schemas.pipeline import Pipelines
from shared.web import EVERYBODY, Tx, allow, door

router = door.router(prefix="/pipelines", tags=["pipelines"])


@router.get("", response_model=Pipelines, dependencies=[allow(*EVERYBODY)])
async def list_pipelines(tx: Tx) -> Pipelines:
    """The pipelines in use: their stages, what each asks for, and the reasons for closing."""
    return Pipelines(items=await queries.in_force(tx))

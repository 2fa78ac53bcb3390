"""Why a score is what it is, and what other rules would make of it."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.leads.domain.explanation import Explanation
from services.leads.handlers import rehearsal as handlers
from services.leads.queries import scoring as queries
from services.leads.schemas.scoring import RehearsalIn, RehearsalOut, RescoringOut
from shared.web import EVERYBODY, Tx, allow, door

router = door.router(tags=["scoring"])


@router.get("/leads/{lead_id}/score", dependencies=[allow(*EVERYBODY)])
async def explain_score(lead_id: UUID, tx: Tx) -> Explanation:
    """The answer to “why 72?”: each rule that counted, before and after cap and decay."""
    return await queries.explanation(tx, lead_id)


@router.get("/scoring/rescoring", dependencies=[allow("operator", "auditor")])
async def show_rescoring(tx: Tx) -> RescoringOut:
    """How many leads the rules in force have judged since they were activated."""
    return await queries.rescoring(tx)


@router.post(
    "/configurations/scoring/{version}/dry-run", dependencies=[allow("operator", "auditor")]
)
async def rehearse_rules(
    version: Annotated[int, Path(ge=1, le=2**31 - 1)], wanted: RehearsalIn, tx: Tx
) -> RehearsalOut:
    """What a version would make of leads that are here; nothing changes."""
    tried, seconds = await handlers.rehearse_rules(
        tx, version=version, months=wanted.months, leads=wanted.leads, who=wanted.who
    )
    return RehearsalOut(**dict(tried), microseconds=round(seconds * 1e6, 1))

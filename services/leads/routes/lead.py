"""Leads: lists, one of them, its scores, corrections."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Query, Response

from services.leads.handlers import lead as handlers
from services.leads.queries import lead as queries
from services.leads.queries import learned_score as learned_scores
from services.leads.schemas.lead import LeadFilter, LeadLine, LeadOut, LeadPatch, ScoreOut, TouchOut
from shared.web import EVERYBODY, IfMatch, Now, Page, PageParams, Tx, allow, door, etag

log = structlog.get_logger()

router = door.router(prefix="/leads", tags=["leads"], private=True)
WORKERS = allow("seller", "team_lead", "manager", "operator")


@router.get("", dependencies=[allow(*EVERYBODY)])
async def list_leads(
    tx: Tx, page: PageParams, wanted: Annotated[LeadFilter, Query()]
) -> Page[LeadLine]:
    """Leads that you may see, the newest first."""
    return await queries.lead_page(tx, wanted, page)


@router.get("/{lead_id}", dependencies=[allow(*EVERYBODY)])
async def show_lead(lead_id: UUID, response: Response, tx: Tx) -> LeadOut:
    """One lead, with its ETag."""
    shown = await queries.lead(tx, lead_id)
    if not shown.masked:
        log.info("person_shown", lead_id=str(lead_id))
    etag(response, shown.sequence)
    learned = await learned_scores.of_lead(tx, lead_id)
    return shown.model_copy(update={"learned": learned})


@router.get("/{lead_id}/scores", dependencies=[allow(*EVERYBODY)])
async def list_scores(lead_id: UUID, tx: Tx) -> list[ScoreOut]:
    """Every score the lead had and why, the latest first."""
    return await queries.scores(tx, lead_id)


@router.get("/{lead_id}/touches", dependencies=[allow(*EVERYBODY)])
async def list_touches(lead_id: UUID, tx: Tx) -> list[TouchOut]:
    """Every time they came and what led them here; the first touch first, the last one last."""
    return await queries.touches(tx, lead_id)


@router.patch("/{lead_id}", dependencies=[WORKERS])
async def revise_lead(
    lead_id: UUID, patch: LeadPatch, seen: IfMatch, response: Response, tx: Tx, now: Now
) -> LeadOut:
    """Correct what is known of a lead; fields that are not sent stay as they are."""
    await handlers.revise_lead(
        tx, lead_id=lead_id, seen=seen, changes=patch.model_dump(exclude_unset=True), now=now
    )
    return await show_lead(lead_id, response, tx)

"""Tags of leads: read, put on and taken off by hand, and tried before they are in force."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.leads.domain.tag_rehearsal import Rehearsal
from services.leads.handlers import tagging as handlers
from services.leads.queries import tag as queries
from services.leads.routes.lead import WORKERS
from services.leads.schemas.tag import TagOut, TagRehearsalIn
from shared.web import EVERYBODY, Actor, Now, Tx, allow, door

router = door.router(tags=["tags"])
TagName = Annotated[str, Path(min_length=1, max_length=50)]


@router.get("/leads/{lead_id}/tags", dependencies=[allow(*EVERYBODY)])
async def list_tags(lead_id: UUID, tx: Tx) -> list[TagOut]:
    """The tags of a lead, who or what put them on, and those that were taken away."""
    return await queries.of_lead(tx, lead_id)


@router.put("/leads/{lead_id}/tags/{tag}", dependencies=[WORKERS])
async def put_tag_on(lead_id: UUID, tag: TagName, tx: Tx, actor: Actor, now: Now) -> list[TagOut]:
    """Put a tag of the vocabulary on; no rule takes it away."""
    await handlers.tag_lead(tx, lead_id=lead_id, tag=tag, is_on=True, by=actor.id, now=now)
    return await queries.of_lead(tx, lead_id)


@router.delete("/leads/{lead_id}/tags/{tag}", dependencies=[WORKERS])
async def take_tag_off(lead_id: UUID, tag: TagName, tx: Tx, actor: Actor, now: Now) -> list[TagOut]:
    """Take a tag off; no rule puts it back."""
    await handlers.tag_lead(tx, lead_id=lead_id, tag=tag, is_on=False, by=actor.id, now=now)
    return await queries.of_lead(tx, lead_id)


@router.post("/configurations/tags/{version}/dry-run", dependencies=[allow("operator", "auditor")])
async def rehearse_tags(
    version: Annotated[int, Path(ge=1, le=2**31 - 1)], wanted: TagRehearsalIn, tx: Tx
) -> Rehearsal:
    """What a version would put on leads that are here, and take off; nothing changes."""
    return await handlers.rehearse_tags(
        tx, version=version, months=wanted.months, most=wanted.leads, who=wanted.who
    )

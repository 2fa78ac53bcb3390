"""Rehearsals of rules over HTTP: those of routing, and those of pools."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.opportunities.handlers import rehearsal as handlers
from services.opportunities.queries import rehearsal as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.rehearsal import MoveOut, NewRehearsal, RehearsalOut
from shared.web import Actor, Now, Page, PageParams, Tx, allow, door

router = door.router(tags=["ownership"])
REHEARSING = allow("operator", "auditor")
RuleSet = Annotated[str, Path(pattern=r"^(routing|pool)(:.+)?$", max_length=100)]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post(
    "/configurations/{kind}/{version}/rehearsals",
    status_code=202,
    response_model=RehearsalOut,
    dependencies=[REHEARSING],
)
async def rehearse(
    kind: RuleSet,
    version: Version,
    body: NewRehearsal,
    tx: Tx,
    actor: Actor,
    now: Now,
    response: Response,
) -> RehearsalOut:
    """Play a version on a past window, beside the one in force; nothing comes of it but a report.

    Routing is played on the leads that came, pools on what people hold.
    """
    rehearsal_id = await handlers.want_rehearsal(
        tx, kind=kind, version=version, since=body.since, until=body.until, by=actor.id, now=now
    )
    response.headers["Location"] = f"/rehearsals/{rehearsal_id}"
    return found(await queries.one(tx, rehearsal_id))


@router.get(
    "/configurations/{kind}/{version}/rehearsals",
    response_model=Page[RehearsalOut],
    dependencies=[REHEARSING],
)
async def list_rehearsals(
    kind: RuleSet, version: Version, tx: Tx, page: PageParams
) -> Page[RehearsalOut]:
    """The rehearsals of a version, the latest first."""
    items = await queries.of_version(tx, page, kind=kind, version=version)
    return page.page(items, sort=lambda item: (item.asked_at, item.id))


@router.get("/rehearsals/{rehearsal_id}", response_model=RehearsalOut, dependencies=[REHEARSING])
async def get_rehearsal(rehearsal_id: UUID, tx: Tx) -> RehearsalOut:
    """One rehearsal: owners, load of each, fairness, and responses to be expected in time."""
    return found(await queries.one(tx, rehearsal_id))


@router.get(
    "/rehearsals/{rehearsal_id}/moves", response_model=Page[MoveOut], dependencies=[REHEARSING]
)
async def list_moves(rehearsal_id: UUID, tx: Tx, page: PageParams) -> Page[MoveOut]:
    """The first leads that somebody else would have got, or that would have gone back, with both sides."""
    found(await queries.one(tx, rehearsal_id))
    items = await queries.moves(tx, page, rehearsal_id=rehearsal_id)
    return page.page(items, sort=lambda item: (item.position,))

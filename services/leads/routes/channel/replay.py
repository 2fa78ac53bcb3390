"""Reading a stretch of time again, once the channel is as it should have been."""

from uuid import UUID

from fastapi import Response

from services.leads.handlers.channel import replay as handlers
from services.leads.queries import channel as queries
from services.leads.routes.channel.intake import ChannelKey
from services.leads.schemas.channel import ReplayIn, ReplayOut
from shared.web import Tx, allow, door

router = door.router(prefix="/channels", tags=["channels"])
KEEPERS = allow("operator", "integrator")


@router.post("/{key}/replay", status_code=201, dependencies=[KEEPERS])
async def replay_channel(
    key: ChannelKey, wanted: ReplayIn, response: Response, tx: Tx
) -> ReplayOut:
    """Read what came in a window again, with the present mapping: nothing doubles, leads follow."""
    replay_id = await handlers.ask_for_replay(
        tx,
        key=key,
        received_from=wanted.received_from,
        received_before=wanted.received_before,
        why=wanted.why,
    )
    response.headers["Location"] = f"/channels/{key}/replays/{replay_id}"
    return await queries.replay(tx, key, replay_id)


@router.get("/{key}/replays", dependencies=[KEEPERS])
async def list_replays(key: ChannelKey, tx: Tx) -> list[ReplayOut]:
    """The latest replays of a channel, and how far they have come."""
    return await queries.replays(tx, key)


@router.get("/{key}/replays/{replay_id}", dependencies=[KEEPERS])
async def show_replay(key: ChannelKey, replay_id: UUID, tx: Tx) -> ReplayOut:
    """One replay, and how far it has come."""
    return await queries.replay(tx, key, replay_id)

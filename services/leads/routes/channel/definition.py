"""The desk of those who run channels: what there is, what came by it, and its secrets."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query

from services.leads.handlers.channel import definition, secret
from services.leads.queries import channel as queries
from services.leads.routes.channel.intake import ChannelKey
from services.leads.schemas.channel import (
    ChannelIn,
    ChannelLine,
    ChannelOut,
    SecretIn,
    SecretOut,
)
from shared.web import Moment, Page, Request, Tx, allow, door

KEEPERS = allow("operator", "integrator")
READERS = allow("operator", "integrator", "manager", "auditor")

router = door.router(prefix="/channels", tags=["channels"])
secrets = door.router(prefix="/channels", tags=["channels"], remember=False)


class Window(Request):
    """Since when things are counted; without it, for thirty days."""

    since: Moment | None = None


@router.get("", dependencies=[READERS])
async def list_channels(tx: Tx, window: Annotated[Window, Query()]) -> Page[ChannelLine]:
    """All channels, with what came by each of them."""
    return Page(items=await queries.channels(tx, since=window.since))


@router.get("/{key}", dependencies=[READERS])
async def show_channel(key: ChannelKey, tx: Tx, window: Annotated[Window, Query()]) -> ChannelOut:
    """One channel: its definition, counters and last errors."""
    return await queries.channel(tx, key, since=window.since)


@router.put("/{key}", dependencies=[allow("operator")])
async def define_channel(key: ChannelKey, wanted: ChannelIn, tx: Tx) -> ChannelOut:
    """Make a channel, or the next version of it, and put it in force at once."""
    await definition.define_channel(tx, key=key, channel=wanted.channel, why=wanted.why)
    return await queries.channel(tx, key)


@secrets.put("/{key}/secret", dependencies=[KEEPERS])
async def replace_channel_secret(key: ChannelKey, wanted: SecretIn, tx: Tx) -> SecretOut:
    """Give a channel a new secret; what it was stays good for the overlap."""
    made = await secret.replace_secret(
        tx, key=key, parts=wanted.parts, overlap=timedelta(hours=wanted.overlap_hours)
    )
    return SecretOut(channel=key, parts=dict(made) if made else None)

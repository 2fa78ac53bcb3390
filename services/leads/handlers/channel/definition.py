"""Channels as configuration: written, activated and switched in one act, each a version of its own."""

from services.leads.domain.channel.definition import FAMILY, Channel, ChannelVersion
from services.leads.repository import policy
from shared import configuration
from shared.db import Tx


async def define_channel(tx: Tx, *, key: str, channel: Channel, why: str) -> ChannelVersion:
    """Put a channel in force as it is told; the same again changes nothing."""
    published = await configuration.publish(
        tx,
        f"{FAMILY}{key}",
        channel.model_dump(mode="json", exclude_defaults=True),
        checker=Channel.model_validate,
        why=why,
    )
    return policy.channel_of(published)

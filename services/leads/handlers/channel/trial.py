"""Trying a channel out: what a sample would be read as, with nothing kept of it."""

from services.leads.domain.channel.definition import Channel, ChannelVersion
from services.leads.domain.channel.reading import Understood, reread
from services.leads.repository import policy
from shared.db import Tx
from shared.refusals import Refused


async def try_channel(
    tx: Tx, *, key: str, draft: Channel | None, content: str, content_type: str
) -> Understood:
    """What the channel, or a draft of it, would make of this; raises what a sender would be told."""
    own = (
        ChannelVersion(key=key, version=0, channel=draft)
        if draft is not None
        else await policy.channel(tx, key)
    )
    found = reread(own, content.encode(), content_type)
    if isinstance(found, Refused):
        raise found
    return found

"""What a form shows."""

from pydantic import JsonValue

from services.leads.domain.channel.definition import Channel, ChannelVersion
from services.leads.domain.refusals import ChannelNotFound
from services.leads.repository import policy
from shared.db import Tx


async def form_channel(tx: Tx, key: str) -> ChannelVersion:
    """A channel that has a form; raises `ChannelNotFound` for all others."""
    own = await policy.channel(tx, key)
    if own.channel.kind != "form":
        raise ChannelNotFound(channel=key)
    return own


def fields_of(channel: Channel) -> list[dict[str, JsonValue]]:
    """The fields of a lead that are shown, and the custom ones by their schema."""
    asked = {name for required in channel.required for name in required.split("|")}
    own: list[dict[str, JsonValue]] = [
        {"name": name, "is_custom": False, "is_required": name in asked}
        for name in channel.form.fields
    ]
    return own + _custom(channel)


def _custom(channel: Channel) -> list[dict[str, JsonValue]]:
    properties, required = channel.attributes.get("properties"), channel.attributes.get("required")
    if not isinstance(properties, dict):
        return []
    return [
        {
            "name": name,
            "is_custom": True,
            "is_required": isinstance(required, list) and name in required,
            "type": schema.get("type", "string"),
            "options": schema.get("enum"),
            "title": {"zh": schema.get("title", name), "en": schema.get("x-title-en", name)},
        }
        for name, schema in properties.items()
        if isinstance(schema, dict)
    ]

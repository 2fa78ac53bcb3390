"""From what was kept to what it says: the same for a submission of this moment and of last month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue, ValidationError

from services.leads.domain.channel import payload as payloads
from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.channel.form import robot_signs
from services.leads.domain.channel.mapping import Scalar, UnreadableDate, take_all
from services.leads.domain.channel.payload import Unreadable
from services.leads.domain.intake import Reading, Sender, Telling, read
from services.leads.domain.refusals import (
    ChannelIsOff,
    LooksLikeRobot,
    UnreadableSubmission,
    UnreadableValues,
)
from services.leads.domain.trail import Trail
from shared.refusals import FieldError, Refused


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What a submission says, by the channel's mapping."""

    reading: Reading
    trail: Trail
    occurred_at: datetime | None = None
    consent_version: int | None = None


def understand(own: ChannelVersion, message: bytes, content_type: str) -> Understood | Refused:
    """What a kept message says, or why nobody can tell."""
    if not own.channel.is_on:
        return ChannelIsOff(channel=own.key)
    return reread(own, message, content_type)


def reread(
    own: ChannelVersion, message: bytes, content_type: str, *, is_vouched_for: bool = False
) -> Understood | Refused:
    """The same, whether the channel is on or not; somebody may vouch that it is not from a robot."""
    try:
        payload = payloads.parse(message, content_type)
    except Unreadable as broken:
        return UnreadableSubmission(problem=str(broken))
    if own.channel.kind == "form" and not is_vouched_for:
        signs = robot_signs(own.channel.form, payload)
        if signs:
            return LooksLikeRobot(signs=signs)
    try:
        return _mapped(own, payload)
    except ValidationError as invalid:
        return UnreadableValues(errors=_field_errors(invalid))
    except UnreadableDate as unreadable:
        return UnreadableValues(
            errors=(FieldError(pointer="/occurred_at", reason=str(unreadable)),)
        )


def _mapped(own: ChannelVersion, payload: JsonValue) -> Understood | Refused:
    channel = own.channel
    taken = take_all(channel.template.fields, payload)
    occurred_at, identifier = taken.pop("occurred_at", None), taken.pop("external_id", None)
    consented = _consent(own, taken.pop("consent", None), taken.pop("consent_version", None))
    told = Telling.model_validate(
        {
            "source": channel.source,
            **{name: _said(name, value) for name, value in taken.items()},
            "attributes": channel.template.attributes_in(payload),
            "external": Sender(system=own.key, id=str(identifier)) if identifier else None,
        }
    )
    reading, errors = read(told, channel=own.key, default_region=channel.region)
    errors += channel.errors_in(told)
    if channel.consent and channel.consent.is_required and consented is None:
        errors += (FieldError(pointer="/consent", reason="It is required"),)
    if errors:
        return UnreadableValues(errors=errors)
    return Understood(
        reading=reading,
        trail=Trail.model_validate(_texts(take_all(channel.template.trail, payload))),
        occurred_at=datetime.fromisoformat(str(occurred_at)) if occurred_at else None,
        consent_version=consented,
    )


def _consent(own: ChannelVersion, given: Scalar | None, version: Scalar | None) -> int | None:
    """The version that was agreed to; one that is yet to be written was shown to nobody."""
    if str(given).lower() not in ("true", "1", "yes", "on"):
        return None
    shown = str(version)
    is_known = shown.isascii() and shown.isdecimal() and 0 < int(shown[:9]) <= own.version
    return int(shown) if is_known else own.version


def _said(name: str, value: Scalar) -> Scalar:
    """Fields of the lead are text, but for the two wishes."""
    return value if name.startswith("do_not") else _text(value)


def _texts(values: Mapping[str, Scalar]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Scalar) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _field_errors(invalid: ValidationError) -> tuple[FieldError, ...]:
    return tuple(
        FieldError(pointer="".join(f"/{part}" for part in error["loc"]), reason=str(error["msg"]))
        for error in invalid.errors(include_url=False, include_input=False)
    )

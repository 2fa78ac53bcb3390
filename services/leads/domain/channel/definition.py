"""A channel whole: who may send, how it is read, what is asked for, where its leads go."""

from collections.abc import Mapping as Kinds
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.leads.domain.channel.callbacks import Dingtalk, Feishu, Wecom
from services.leads.domain.channel.details import Details
from services.leads.domain.channel.form import Form
from services.leads.domain.channel.handshakes import LinkedIn, Meta
from services.leads.domain.channel.mapping import Mapping
from services.leads.domain.channel.policy import ChannelPolicy
from services.leads.domain.channel.proof import (
    Anybody,
    HeaderToken,
    Hmac,
    QueryToken,
    StandardWebhooks,
)
from services.leads.domain.intake import Name, Said
from services.leads.domain.trail import Trail

FAMILY = "channel:"
"""A channel's versions are configuration of the kind `channel:<key>`."""

Kind = Literal["webhook", "form", "mail", "phone", "file", "api"]
AnyScheme = Annotated[
    Anybody
    | HeaderToken
    | QueryToken
    | Hmac
    | StandardWebhooks
    | Meta
    | LinkedIn
    | Wecom
    | Dingtalk
    | Feishu,
    Field(discriminator="scheme"),
]

PLAIN = Mapping.model_validate(
    {
        **{name: name for name in Said.model_fields if name != "attributes"},
        "external_id": "external_id",
        "occurred_at": {"path": "occurred_at", "date": "iso"},
        "members": "attributes",
        "consent": "consent",
        "consent_version": "consent_version",
        "trail": {name: {"first": [f"trail.{name}", name]} for name in Trail.model_fields},
    }
)
"""For senders that use our own names."""

MAIL = Mapping.model_validate(
    {
        "external_id": "message_id",
        "name": {"first": ["found.name", "from.name"]},
        "phone": "found.phone",
        "mail": {"first": ["from.mail", "found.mail"]},
        "company_name": "found.company_name",
        "notes": {"join": ["subject", "text"], "between": "\n\n"},
        "occurred_at": {"path": "date", "date": "iso"},
        "attributes": {"attachments": {"path": "attachments[*].name", "between": ", "}},
    }
)
"""For mails, whose payload is what `domain/channel/mail.py` makes of them."""


class Answer(BaseModel):
    """What a sender is told when its submission is kept, where it wants to hear something of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Annotated[int, Field(ge=200, le=299)] = 200
    body: JsonValue = None


class Consent(BaseModel):
    """What somebody agrees to when they leave their data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = Field(default="", max_length=2000)
    en: str = Field(default="", max_length=2000)
    is_required: bool = True


class Channel(ChannelPolicy):
    """One way in. Its secrets are kept apart: see `PUT /channels/{key}/secret`."""

    title: Name
    kind: Kind = "webhook"
    is_on: bool = True
    """What comes while it is off is kept in quarantine, to be replayed once it is on again."""
    proof: AnyScheme = Anybody()
    mapping: Mapping | None = None
    """Without one, senders use our own names; mails are read as `MAIL` says."""
    source: str = Field(default="", max_length=200)
    """Taken for leads that name no source."""
    consent: Consent | None = None
    details: Details | None = None
    """Whom to ask for leads that notices only name; with `access_token` among the parts of the secret."""
    form: Form = Form()
    """How a form channel looks, and whom it keeps out."""
    answer: Answer | None = None
    refuses_unreadable: bool = True
    """422 for what cannot be read; otherwise it is kept in quarantine and taken with thanks."""

    @property
    def template(self) -> Mapping:
        """How what comes is read."""
        return self.mapping or (MAIL if self.kind == "mail" else PLAIN)

    @model_validator(mode="after")
    def _senders_are_told_apart(self) -> Self:
        if self.kind in ("webhook", "mail") and isinstance(self.proof, Anybody):
            raise ValueError("a webhook has a proof other than none: anybody could send to it")
        return self


@dataclass(frozen=True, kw_only=True)
class ChannelVersion:
    """A channel as one version of its configuration has it."""

    key: str
    version: int
    channel: Channel


OwnChannels = Kinds[str, ChannelVersion]

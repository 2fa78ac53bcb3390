"""Channel policies: what is asked of leads of a channel, and where they belong until they have an owner."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain.channel import fields
from services.leads.domain.channel.fields import AttributeSchema, RequiredField
from services.leads.domain.intake import Said
from shared.refusals import FieldError

AssignOn = Literal["capture", "qualification", "never"]


class ChannelPolicy(BaseModel):
    """What holds for the leads of one channel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assign_on: AssignOn = "capture"
    region: str = ""
    """Taken for leads that name no region."""
    unit_id: UUID | None = None
    """Answers for the channel's leads until they have an owner; nothing means the enterprise."""
    finder_keeps: bool = False
    """A seller who enters a lead by this channel becomes its owner."""
    required: tuple[RequiredField, ...] = ()
    """What must not be blank; `phone|mail` asks for one of the two."""
    attributes: AttributeSchema = Field(default_factory=dict)
    """JSON Schema of the custom fields, which leads carry as `attributes`; empty takes anything."""

    def errors_in(self, told: Said) -> tuple[FieldError, ...]:
        """What this channel asks for and was not told, field by field."""
        return fields.missing(self.required, told) + fields.unfit(self.attributes, told.attributes)


class Channels(BaseModel):
    """Policies by channel; channels that are not named follow the one called `default`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: ChannelPolicy = ChannelPolicy()
    channels: dict[str, ChannelPolicy] = Field(default_factory=dict)

    def policy_of(self, channel: str) -> ChannelPolicy:
        """What holds for this channel."""
        return self.channels.get(channel, self.default)

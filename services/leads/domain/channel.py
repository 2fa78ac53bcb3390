"""Channel policies: where leads of a channel belong until somebody owns them."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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


class Channels(BaseModel):
    """Policies by channel; channels that are not named follow the one called `default`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: ChannelPolicy = ChannelPolicy()
    channels: dict[str, ChannelPolicy] = Field(default_factory=dict)

    def policy_of(self, channel: str) -> ChannelPolicy:
        """What holds for this channel."""
        return self.channels.get(channel, self.default)

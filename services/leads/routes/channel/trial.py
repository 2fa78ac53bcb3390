"""Before a channel is in force: templates to begin with, and samples to try it on."""

from services.leads.domain.channel.templates import TEMPLATES, Template
from services.leads.handlers.channel import trial
from services.leads.routes.channel.intake import ChannelKey
from services.leads.schemas.channel import TrialIn, TrialOut
from shared.web import Tx, allow, door

KEEPERS = allow("operator", "integrator")

router = door.router(tags=["channels"])
trials = door.router(prefix="/channels", tags=["channels"], remember=False)


@router.get("/channel-templates", dependencies=[KEEPERS])
async def list_channel_templates() -> list[Template]:
    """Channels to copy, for what ad platforms send."""
    return list(TEMPLATES.values())


@trials.post("/{key}/try", dependencies=[KEEPERS])
async def try_channel(key: ChannelKey, sample: TrialIn, tx: Tx) -> TrialOut:
    """What a sample would be read as by the channel, or by a draft of it; nothing is kept."""
    found = await trial.try_channel(
        tx,
        key=key,
        draft=sample.channel,
        content=sample.content,
        content_type=sample.content_type,
    )
    return TrialOut.of(found)

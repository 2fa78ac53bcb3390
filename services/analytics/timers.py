"""All timers of the service on one page."""

from datetime import timedelta

from services.analytics.consumers import consumer
from services.analytics.domain.rebuild import Rebuild
from services.analytics.gateways import KafkaLog
from services.analytics.handlers import rebuilds
from services.analytics.handlers.rebuilds import GROUP, SIDE, Workshop
from services.analytics.repository import rebuilds as repository
from shared import access
from shared.consumer.loop import ConsumerLoop
from shared.db import Database
from shared.refusals import Refused
from shared.settings import ServiceSettings
from shared.timers import AnyTimer, Dispatch, SendFailed


async def go_on(rebuild: Rebuild) -> None:
    """One step, in a workshop of its own: nothing it holds is shared with the live service."""
    settings = ServiceSettings.load("analytics")
    live = await Database.open(settings.database_url, schema="analytics", max_size=2)
    side = await Database.open(
        settings.database_url, schema=f"{SIDE}, analytics", max_size=2, name=SIDE
    )
    try:
        async with KafkaLog.open(settings) as log:
            loop = ConsumerLoop(settings, side, access.listening(consumer), group=GROUP)
            await rebuilds.go_on(rebuild, Workshop(live=live, side=side, log=log, loop=loop))
    except Refused as refusal:
        raise SendFailed(f"{refusal.message} {refusal.next_step}", retry=False) from refusal
    finally:
        await side.close()
        await live.close()


TIMERS: list[AnyTimer] = [
    Dispatch(
        name="go on with rebuilds",
        every=timedelta(seconds=1),
        batch=1,
        claim=repository.claim,
        send=go_on,
        record=rebuilds.note_steps,
    ),
]

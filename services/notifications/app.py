"""The table of contents of `notifications`."""

from pathlib import Path

from services.notifications.configurations import ESCALATION, KINDS, Escalation
from services.notifications.consumers import consumer
from services.notifications.gateways.outside import OUTSIDE
from services.notifications.routes import deliveries, inbox, preferences
from services.notifications.settings import NotificationsSettings
from services.notifications.timers import TIMERS
from shared import configuration
from shared.app import Resources, Service


async def on_start(resources: Resources) -> None:
    """Choose the way out of the house, and begin with a policy that can be lived with."""
    OUTSIDE.open(NotificationsSettings(), home=resources.settings.home)
    async with resources.database.tx() as tx:
        await configuration.seed(
            tx,
            ESCALATION,
            Escalation().model_dump(mode="json"),
            checker=KINDS[ESCALATION],
            why="To begin with",
        )


SERVICE = Service(
    name="notifications",
    summary="Who hears what, how it reads, and how it is sent",
    routers=(
        inbox.router,
        preferences.router,
        deliveries.router,
        configuration.router(KINDS),
    ),
    consumer=consumer,
    timers=TIMERS,
    migrations=Path(__file__).parent / "migrations",
    on_start=on_start,
)

"""All timers of `leads`."""

from datetime import timedelta

from services.leads.handlers import duplicates, scoring
from services.leads.handlers.channel import replay as replays
from services.leads.importers import IMPORTERS
from services.leads.repository import duplicate, lead
from services.leads.repository.channel import replay
from shared import imports
from shared.timers import AnyTimer, Timer

TIMERS: tuple[AnyTimer, ...] = (
    Timer(
        name="score leads that have cooled",
        every=timedelta(minutes=1),
        due=lead.due_for_scoring,
        act=scoring.rescore_leads,
        key=str,
    ),
    Timer(
        name="look for duplicates",
        every=timedelta(seconds=2),
        due=duplicate.unread,
        act=duplicates.look_for_duplicates,
        key=lambda said: str(said.position),
    ),
    Timer(
        name="read submissions again",
        every=timedelta(seconds=2),
        due=replay.due,
        act=replays.replay_batches,
    ),
    imports.worker(IMPORTERS),
)

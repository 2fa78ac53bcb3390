"""All timers of `leads`."""

from datetime import timedelta

from services.leads.handlers import scoring
from services.leads.importers import IMPORTERS
from services.leads.repository import lead
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
    imports.worker(IMPORTERS),
)

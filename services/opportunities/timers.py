"""All timers of `opportunities`."""

from services.opportunities.importers import IMPORTERS
from shared import imports
from shared.timers import AnyTimer

TIMERS: tuple[AnyTimer, ...] = (imports.worker(IMPORTERS),)

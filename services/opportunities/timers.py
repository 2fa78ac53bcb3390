"""All timers of `opportunities`."""

from services.opportunities.importers import IMPORTERS
from shared import imports
from shared.timers import Dispatch, Timer

TIMERS: tuple[Timer | Dispatch, ...] = (imports.worker(IMPORTERS),)

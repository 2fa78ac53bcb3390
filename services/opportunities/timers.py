"""All timers of `opportunities`."""

from shared.timers import Dispatch, Timer

TIMERS: tuple[Timer | Dispatch, ...] = ()

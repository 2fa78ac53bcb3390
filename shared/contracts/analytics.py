"""What `analytics` publishes: nothing yet; its reports are read over HTTP."""

from shared.contracts.base import Event

EVENTS: tuple[type[Event], ...] = ()

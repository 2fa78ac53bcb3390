"""How long to rest before trying again what failed for the road's sake."""

from collections.abc import Iterator

FIRST = 0.1
LONGEST = 1.0
"""Servers are back within seconds: who rests longer is late, who does not rest keeps them from coming."""


def pauses() -> Iterator[float]:
    """Seconds, longer each time, and never long."""
    pause = FIRST
    while True:
        yield pause
        pause = min(pause * 2, LONGEST)

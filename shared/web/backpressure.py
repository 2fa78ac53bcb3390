"""Commands wait outside while more events are waiting for Kafka than the outbox should hold."""

import time
from dataclasses import dataclass

from shared.db import Database
from shared.web.refusals import Unavailable

LOOK_EVERY_SECONDS = 5.0


@dataclass(kw_only=True)
class Backpressure:
    """Looks at the outbox now and then; many commands share one look."""

    database: Database
    limit: int
    _looked_at: float = float("-inf")
    _is_full: bool = False

    async def refuse_when_full(self) -> None:
        """Raises `Unavailable` while the outbox is over its limit."""
        if time.monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            self._is_full = await self._look()
        if self._is_full:
            raise Unavailable(retry_after=int(LOOK_EVERY_SECONDS))

    async def _look(self) -> bool:
        async with self.database.tx() as tx:
            return bool(
                await tx.fetchval(
                    "SELECT EXISTS (SELECT FROM outbox OFFSET $1 LIMIT 1)", self.limit
                )
            )

"""Reads the next rows in a thread while those before them are being applied."""

import asyncio
from contextlib import suppress
from typing import Any

from shared.imports.reading import Batch, Reading

BATCH = 250
"""Rows that are applied at once. The process answers nobody meanwhile, and more are hardly cheaper each."""


class Ahead:
    """A reading that is one batch ahead of whoever applies its rows."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.position = reading.position
        """The last row that was handed out."""
        self._next: asyncio.Task[Batch[Any] | None] | None = None

    async def take(self) -> Batch[Any] | None:
        """The next rows, or nothing when the file ends."""
        self._next = self._next or self._read()
        # A thread cannot be cancelled: whoever is must leave it to `close`.
        batch = await asyncio.shield(self._next)
        self._next = self._read() if batch else None
        if batch:
            self.position = batch.last
        return batch

    async def close(self) -> None:
        """Give the file's memory or disk back, once nobody reads it any more."""
        if self._next is not None:
            with suppress(Exception):
                await self._next
            self._next = None
        self._reading.close()

    def _read(self) -> asyncio.Task[Batch[Any] | None]:
        return asyncio.ensure_future(asyncio.to_thread(self._reading.take, BATCH))

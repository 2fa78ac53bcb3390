"""Rules by which a relay may choose what it sends: ours, and two that are popular and wrong.

Each runs in `shared.relay.pump`, the function that runs in production.
"""

from collections.abc import Sequence

from shared import relay
from shared.envelope import Envelope
from tests.simulation.kafka import Broker, Producer
from tests.simulation.postgres import Postgres, Row, Transaction
from tests.simulation.schedule import pause, until

BATCH = 4


class Outbox:
    """`shared.relay.OutboxTable` over the model, with our rule: all visible rows, oldest first (M3)."""

    def __init__(self, database: Postgres) -> None:
        self.database = database

    def choose(self) -> list[Row]:
        """`SELECT … FROM outbox ORDER BY seq LIMIT …`."""
        return sorted(self.database.visible(), key=lambda row: row.seq)

    async def visible(self, *, but: Sequence[int]) -> dict[int, Envelope]:
        """What one statement saw; it may be long ago when the relay goes on."""
        rows = [row for row in self.choose() if row.seq not in but][:BATCH]
        await pause()
        return {row.seq: row.event for row in rows}

    async def move(self, seqs: Sequence[int]) -> int:
        """Lock the head, delete, insert, commit; a later statement sees what another relay did."""
        async with Transaction(self.database) as tx:
            moved = await tx.move(seqs)
        await pause()
        return moved


class CursorOutbox(Outbox):
    """`WHERE seq > last`: never sees a row again that was committed late (M1)."""

    def __init__(self, database: Postgres) -> None:
        super().__init__(database)
        self._last = 0

    def choose(self) -> list[Row]:
        """What lies beyond the last row that was sent."""
        return [row for row in super().choose() if row.seq > self._last]

    async def move(self, seqs: Sequence[int]) -> int:
        """Move the rows, and the cursor with them."""
        moved = await super().move(seqs)
        self._last = max(self._last, *seqs)
        return moved


class FencedOutbox(Outbox):
    """`WHERE xid < pg_snapshot_xmin(…) ORDER BY xid, seq`: loses nothing, turns order around (M2)."""

    def choose(self) -> list[Row]:
        """What no running transaction can still come before."""
        settled = [row for row in self.database.visible() if row.xid < self.database.xmin]
        return sorted(settled, key=lambda row: (row.xid, row.seq))


async def run(outbox: Outbox, broker: Broker) -> None:
    """One relay after another: every failure begins anew from the table, with a new producer."""
    while True:
        producer, arrived = Producer(broker), list[int]()
        try:
            while True:
                if not arrived:
                    await until(lambda: bool(outbox.choose()))
                arrived = await relay.pump(outbox, producer, arrived)
        except ConnectionError:
            continue
        finally:
            producer.stop()

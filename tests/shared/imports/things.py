"""A toy kind of record: things with an id, a name and a price, in a table of the tests' own."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared import timers
from shared.db import Database, Tx
from shared.ids import new_id
from shared.imports import Headers, Importer, RowOutcome, Run, Settings, mapping, queries, store
from shared.imports.engine import worker
from shared.imports.mapping import Mapping
from shared.imports.state import ImportOut
from shared.principals import ROOT_UNIT
from shared.refusals import Conflict

ACTOR = new_id()


class ThingRow(BaseModel):
    """One thing, as a file tells it."""

    id: str
    name: Annotated[str, Headers("名称", "Title")]
    price: float = 0
    made_on: date | None = None
    attributes: dict[str, str] = Field(default_factory=dict)


class ThingSettings(Settings):
    """A colour for all things of a file."""

    colour: str = ""


class TooExpensive(Conflict):
    """Nothing may cost {price}."""


async def import_things(
    tx: Tx, rows: Sequence[tuple[int, ThingRow]], *, run: Run, now: datetime
) -> Sequence[RowOutcome]:
    """Insert or update; a price above a million is refused for the whole batch, as services do."""
    for _, row in rows:
        if row.price > 1_000_000:
            raise TooExpensive(price=row.price)
    known = {
        row["id"]: (row["name"], row["price"])
        for row in await tx.fetch("SELECT id, name, price FROM thing FOR UPDATE")
    }
    outcomes: list[RowOutcome] = []
    for number, row in rows:
        present = known.get(row.id)
        if present == (row.name, row.price):
            outcomes.append(RowOutcome(row=number, effect="unchanged"))
            continue
        await tx.execute(
            """
            INSERT INTO thing (id, name, price)
            VALUES ($1, $2, $3)
                ON CONFLICT (id)
                DO UPDATE
               SET name = excluded.name, price = excluded.price, times = thing.times + 1
            """,
            row.id,
            row.name,
            row.price,
        )
        outcomes.append(RowOutcome(row=number, effect="updated" if present else "created"))
    return outcomes


THINGS = Importer(
    kind="things",
    row=ThingRow,
    apply=import_things,
    identity=lambda row: row.id,
    settings=ThingSettings,
)


class Killed(Exception):
    """The process is gone."""


@dataclass
class Workshop:
    """Sends files and works through them, a step at a time."""

    database: Database
    timer: Any = field(default_factory=lambda: worker((THINGS,)))

    async def send(self, content: bytes, *, text: str = "", dry_run: bool = False) -> UUID:
        columns = mapping.read(text, THINGS) if text else Mapping()
        async with self.database.tx() as tx:
            import_id = new_id()
            await store.insert_run(
                tx,
                id=import_id,
                kind="things",
                dry_run=dry_run,
                file_name="things.csv",
                size=len(content),
                sha256=hashlib.sha256(content).digest(),
                mapping=columns,
                actor_id=ACTOR,
                unit_id=ROOT_UNIT,
            )
            size = 1000
            pieces = [content[at : at + size] for at in range(0, len(content), size)]
            await store.insert_chunks(tx, import_id, pieces)
        return import_id

    async def step(self) -> int:
        return await timers.sweep(self.database, self.timer)

    async def step_and_die(self) -> None:
        """Do everything a step does, and lose the transaction instead of committing it."""
        with suppress(Killed):
            async with self.database.tx() as tx:
                due = await self.timer.due(tx, now=tx.now, limit=1)
                await self.timer.act(tx, due, now=tx.now)
                raise Killed

    async def take_in(self, content: bytes, **options: Any) -> ImportOut:
        import_id = await self.send(content, **options)
        while await self.step():
            pass
        return await self.look(import_id)

    async def look(self, import_id: UUID) -> ImportOut:
        async with self.database.tx() as tx:
            return await queries.run(tx, import_id)

    async def rejections(self, import_id: UUID) -> list[tuple[int, str, str]]:
        async with self.database.tx() as tx:
            return [
                (row["row"], row["field"], row["reason"])
                async for row in queries.rejections(tx, import_id)
            ]

    async def things(self) -> dict[str, tuple[str, float]]:
        async with self.database.tx() as tx:
            rows = await tx.fetch("SELECT id, name, price FROM thing ORDER BY id")
        return {row["id"]: (row["name"], row["price"]) for row in rows}

    async def writes(self) -> int:
        async with self.database.tx() as tx:
            return await tx.fetchval("SELECT coalesce(sum(times), 0) FROM thing")

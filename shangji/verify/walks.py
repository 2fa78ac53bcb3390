"""Reading feeds as an ERP would: page after page, from anywhere, with pages of any size."""

import random
from collections.abc import Mapping
from typing import Any, Protocol

import asyncpg

from shangji.verify.estate import SCHEMAS
from shangji.verify.scratch import Scratch
from shangji.verify.topics import Row

ROUNDS = 5
PAGES = 3
LARGEST = 1000

Page = list[tuple[int, str]]
"""Positions and event ids."""


class FeedReader(Protocol):
    """Gets one page of a service's feed."""

    async def page(self, service: str, *, after: int, limit: int) -> Page: ...


class SqlFeed:
    """For a stopped stack, where no service can be asked."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def page(self, service: str, *, after: int, limit: int) -> Page:
        """One page, straight from the table."""
        rows = await self._connection.fetch(
            f"""
            SELECT position, event_id::text
              FROM {service}.feed
             WHERE position > $1
             ORDER BY position
             LIMIT $2
            """,  # noqa: S608 - names of our own
            after,
            limit,
        )
        return [(row[0], row[1]) for row in rows]


async def walk(scratch: Scratch, feeds: FeedReader, *, seed: int) -> None:
    """One walk through each whole feed, and short ones from random places."""
    chance = random.Random(seed)  # noqa: S311 - to choose pages, not secrets
    heads: Mapping[str, int] = dict(scratch.ask("SELECT service, position FROM head"))
    for service in SCHEMAS:
        head = heads.get(service, 0)
        await _walk(scratch, feeds, service, 0, start=0, head=head, pages=None, chance=chance)
        for number in range(1, ROUNDS + 1 if head else 1):
            start = chance.randrange(head)
            await _walk(
                scratch, feeds, service, number, start=start, head=head, pages=PAGES, chance=chance
            )


async def _walk(
    scratch: Scratch,
    feeds: FeedReader,
    service: str,
    round_number: int,
    *,
    start: int,
    head: int,
    pages: int | None,
    chance: random.Random,
) -> None:
    after, number, read = start, 0, 0
    rows: list[Row] = [(service, round_number, 0, start, None)]
    while after < head and (pages is None or read < pages):
        page = await feeds.page(service, after=after, limit=chance.randint(1, LARGEST))
        read += 1
        if not page:
            break
        for position, event_id in page:
            number += 1
            if position <= head:
                rows.append((service, round_number, number, position, event_id))
        scratch.add("page", rows)
        rows = []
        after = page[-1][0]

"""Commands that arrive while others commit are carried out together, in one transaction.

A group commit, as in DeWitt et al., "Implementation Techniques for Main Memory Database Systems",
SIGMOD 1984: nobody is made to wait for company, and the busier it is, the less each one costs. What
cannot be done in company, because it has to be refused or is being done already, goes alone after
that: a group has no bad answers. One that breaks breaks up, and each of its members goes alone.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass

import structlog
from fastapi import Response

from shared import evidence
from shared.db import Database, Tx
from shared.failpoints import failpoint
from shared.web import idempotency
from shared.web.idempotency import Once
from shared.web.visit import Together, Visit

log = structlog.get_logger()

AT_ONCE = 2
"""While one group waits for the database, the next is prepared."""
MOST = 32
"""Members of a group."""
PATIENCE = "100ms"
"""How long a group waits for anything: many would wait for one."""


@dataclass(eq=False)
class _Member:
    visit: Visit
    once: Once
    answer: asyncio.Future[Response | None]


class GroupCommit:
    """Those who wait at one route, and the groups that are under way."""

    def __init__(self, database: Database, work: Together) -> None:
        self._database = database
        self._work = work
        self._waiting: deque[_Member] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def answer(self, visit: Visit, once: Once) -> Response | None:
        """The committed answer; nothing when the command has to go alone, and has had no effect.

        After a connection broke while committing, that is for the idempotency key to find out.
        """
        member = _Member(visit, once, asyncio.get_running_loop().create_future())
        self._waiting.append(member)
        if len(self._under_way) < AT_ONCE:
            # In a context of its own: it outlives the request that happened to start it.
            task = asyncio.create_task(self._serve(), context=Context())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return await member.answer

    async def _serve(self) -> None:
        while self._waiting:
            size = min(len(self._waiting), MOST)
            await self._answer_all([self._waiting.popleft() for _ in range(size)])

    async def _answer_all(self, members: Sequence[_Member]) -> None:
        answers: dict[_Member, Response] = {}
        try:
            answers = await self._decide(members)
        except Exception as broken:  # noqa: BLE001 - whatever it is, it comes again to whom it belongs
            log.info("group_broken_up", members=len(members), **evidence.describe(broken))
        finally:
            for member in members:
                if not member.answer.done():
                    member.answer.set_result(answers.get(member))

    async def _decide(self, members: Sequence[_Member]) -> dict[_Member, Response]:
        asked = {member.once.name: member for member in reversed(members)}.values()
        entrance = idempotency.by_keys([member.once for member in asked], patience=PATIENCE)
        async with self._database.tx(entrance=entrance) as tx:
            await failpoint("door.after_key")
            first = [member for member in asked if idempotency.is_first(tx, member.once)]
            answers = await self._carry_out(tx, first)
            await failpoint("door.before_commit")
        return answers

    async def _carry_out(self, tx: Tx, members: Sequence[_Member]) -> dict[_Member, Response]:
        if not members:
            return {}
        found = await self._work(tx, [member.visit for member in members])
        await failpoint("door.handled")
        answers = {
            member: answer
            for member, answer in zip(members, found, strict=True)
            if answer is not None
        }
        alone = [member.once for member in members if member not in answers]
        await idempotency.keep_all(tx, {member.once: answer for member, answer in answers.items()})
        await idempotency.release_all(tx, alone)
        await tx.conclude()
        return answers

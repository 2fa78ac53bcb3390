"""All of it, in order: come to rest, copy, read, fold, ask."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from shangji.verify import ledger, reducer, walks
from shangji.verify.equations import CHECKS, COMMANDS, answer
from shangji.verify.equations.people import OVERDUE
from shangji.verify.estate import KINDS
from shangji.verify.findings import Finding, Verdict
from shangji.verify.scratch import FIRST, FOLD_INDEXES, INDEXES, Scratch, open_scratch
from shangji.verify.snapshot import Rest, at_rest
from shangji.verify.tables import EFFECTS, statements
from shangji.verify.topics import TopicLog, row_of
from shangji.verify.walks import FeedReader, SqlFeed

AT_ONCE = 5_000


class Shown(Protocol):
    """Where progress is shown."""

    def about(self, subject: str) -> None: ...

    def at(self, doing: str, done: int, of: int) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is checked, and how patiently."""

    prefix: str
    within: float = 120.0
    """Seconds in which the stack has to come to rest."""
    ledger: Path | None = None
    reheard: bool = False
    """Kafka was filled anew or positions were set back on purpose: messages may have been heard more
    often than they lie in the log, and first occurrences may come out of order."""
    timers: bool = True
    """The services run, so deadlines fire."""
    seed: int = 0


async def check(
    connection: "asyncpg.Connection[Any]",
    log: TopicLog,
    shown: Shown,
    options: Options,
    *,
    feeds: FeedReader | None = None,
) -> Verdict:
    """Judge the stack behind this connection and this log; without `feeds` they are read by SQL."""
    verdict = Verdict()
    with open_scratch() as scratch:
        shown.about("waiting for rest")
        async with at_rest(
            connection,
            log,
            prefix=options.prefix,
            within=options.within,
            waiting=lambda what: shown.at(what + "; events behind", 0, 1),
        ) as rest:
            await _copy_tables(scratch, connection, shown, options)
            if options.ledger is not None:
                verdict.counts["commands"] = ledger.load(scratch, options.ledger)
            await _copy_topics(scratch, log, rest, shown)
            scratch.script(INDEXES + FIRST)
            shown.about("reading the feeds page by page")
            await walks.walk(scratch, feeds or SqlFeed(connection), seed=options.seed)
        shown.about("folding what was said")
        reducer.fold(scratch)
        scratch.script(FOLD_INDEXES)
        _say_unrest(rest, verdict)
        _ask(scratch, verdict, shown, options)
        _count(scratch, verdict)
    return verdict


async def _copy_tables(
    scratch: Scratch, connection: "asyncpg.Connection[Any]", shown: Shown, options: Options
) -> None:
    copies = statements(options.prefix, answers=options.ledger is not None)
    shown.about("copying the tables")
    for number, (table, sql) in enumerate(copies):
        shown.at(table, number, len(copies))
        cursor = await connection.cursor(sql)
        while rows := await cursor.fetch(AT_ONCE):
            scratch.add(table, (tuple(row) for row in rows))
    scratch.add(
        "caused",
        (
            (f"{schema}.{table}", type_name)
            for (schema, table), (*_, types) in EFFECTS.items()
            for type_name in types
        ),
    )
    scratch.add("listener", ((service, kind.name) for kind in KINDS for service in kind.listeners))


async def _copy_topics(scratch: Scratch, log: TopicLog, rest: Rest, shown: Shown) -> None:
    shown.about("reading the topics")
    scratch.add("partition_end", ((*place, end) for place, end in rest.ends.items()))
    total, read = sum(rest.ends.values()), 0
    async for messages in log.read(rest.ends):
        scratch.add("record", (row_of(message) for message in messages))
        read += len(messages)
        shown.at("read", read, max(total, 1))


def _say_unrest(rest: Rest, verdict: Verdict) -> None:
    for what in rest.unrest:
        verdict.add(
            Finding(
                equation="rest",
                says="everything said is sent and heard in time",
                record=what,
                sides={},
            )
        )


def _ask(scratch: Scratch, verdict: Verdict, shown: Shown, options: Options) -> None:
    shown.about("asking the equations")
    checks = list(CHECKS)
    if options.ledger is not None:
        checks += COMMANDS
    else:
        verdict.unchecked["C1"] = "no ledger of a client was given (--ledger)"
    if options.timers:
        checks.append(OVERDUE)
    for number, asked in enumerate(checks):
        shown.at(asked.equation, number, len(checks))
        if not (asked.unless_reheard and options.reheard):
            answer(asked, scratch, verdict)


_COUNTS = {
    "records": "SELECT count(*) FROM aggregate",
    "events": "SELECT count(*) FROM feed",
    "messages": "SELECT count(*) FROM record WHERE NOT injected",
    "duplicates": "SELECT (SELECT count(*) FROM record WHERE readable AND NOT injected)"
    " - (SELECT count(*) FROM first)",
    "injected": "SELECT count(*) FROM record WHERE injected",
    "parked": "SELECT count(*) FROM parked",
    "dead_letters": "SELECT count(*) FROM dead_letter",
    "deals": "SELECT count(*) FROM deal",
    "leads": "SELECT count(*) FROM lead",
    "notices": "SELECT count(*) FROM notice",
}


def _count(scratch: Scratch, verdict: Verdict) -> None:
    for name, sql in _COUNTS.items():
        verdict.counts[name] = scratch.number(sql)

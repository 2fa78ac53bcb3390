"""The command `verify`: whether the stack kept its promises, judged from outside."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from shangji.client import Client, connect
from shangji.errors import StartRefused
from shangji.progress import bars
from shangji.stack import Stack
from shangji.verify.checking import Options, check
from shangji.verify.findings import Verdict
from shangji.verify.ledger import LedgerUnreadable
from shangji.verify.topics import KafkaLog
from shangji.verify.walks import FeedReader, Page

app = typer.Typer()


@app.command()
def verify(
    ledger: Annotated[
        Path | None,
        typer.Option(
            help="What a client was told, one JSON object a line.", exists=True, dir_okay=False
        ),
    ] = None,
    within: Annotated[
        float, typer.Option(help="Seconds in which everything said has to be heard.")
    ] = 120.0,
    reheard: Annotated[
        bool,
        typer.Option(
            "--reheard",
            help="Kafka was filled anew, or positions were set back, on purpose.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(help="Chooses the pages in which feeds are read.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check from outside that nothing was lost, doubled, reordered or changed on its way.

    For a stopped stack start only the servers: `shangji up --no-services --no-demo`.
    """
    stack = Stack.read()
    options = Options(
        prefix=stack.topic_prefix,
        within=within,
        ledger=ledger,
        reheard=reheard,
        timers=bool(stack.service_urls),
        seed=seed,
    )
    verdict = asyncio.run(_check(stack, options))
    if as_json:
        _print_json(verdict)
    else:
        _show(verdict, Console(soft_wrap=True))
    if not verdict.holds:
        raise typer.Exit(1)


async def _check(stack: Stack, options: Options) -> Verdict:
    if not stack.readonly_url or not stack.kafka_bootstrap:
        raise StartRefused("Checking takes the read-only role and the address of Kafka.")
    try:
        connection = await asyncpg.connect(
            stack.readonly_url, timeout=10, server_settings={"timezone": "UTC"}
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise StartRefused(f"The database does not answer ({type(error).__name__}).") from error
    try:
        with bars() as shown:
            async with (
                KafkaLog.open(stack.kafka_bootstrap, stack.topic_prefix) as log,
                _feeds(stack) as feeds,
            ):
                return await check(connection, log, shown.bar(), options, feeds=feeds)
    except KafkaError as error:
        raise StartRefused(f"Kafka does not answer ({type(error).__name__}).") from error
    except LedgerUnreadable as error:
        raise StartRefused(f"The ledger cannot be read: {error}.") from error
    finally:
        await connection.close()


class HttpFeed:
    """Reads feeds as an ERP does."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def page(self, service: str, *, after: int, limit: int) -> Page:
        """One page of the feed."""
        answer = await self._client.get(service, "/feed", after=after, limit=limit)
        return [(item["position"], item["id"]) for item in answer["items"]]


@asynccontextmanager
async def _feeds(stack: Stack) -> AsyncIterator[FeedReader | None]:
    """Over HTTP while the services run."""
    if not stack.service_urls:
        yield None
        return
    async with connect(stack) as client:
        yield HttpFeed(client)


def _print_json(verdict: Verdict) -> None:
    answer = {
        "holds": verdict.holds,
        "broken": dict(sorted(verdict.broken.items())),
        "unchecked": verdict.unchecked,
        "counts": verdict.counts,
        "findings": [asdict(finding) for finding in verdict.findings],
    }
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def _show(verdict: Verdict, console: Console) -> None:
    counts = ", ".join(
        f"{count:,} {name.replace('_', ' ')}" for name, count in verdict.counts.items()
    )
    console.print(f"Looked at {counts}.", highlight=False)
    for equation, why in verdict.unchecked.items():
        console.print(f"{equation} was not checked: {why}.", highlight=False, markup=False)
    for finding in verdict.findings:
        sentence = f"{finding.equation} · {finding.says}: {finding.record}"
        console.print(sentence, highlight=False, markup=False)
        table = Table(box=None, show_header=False, padding=(0, 2))
        for side, row in finding.sides.items():
            table.add_row(f"  {side}", ", ".join(f"{name} {value}" for name, value in row.items()))
        console.print(table, highlight=False)
    if verdict.holds:
        console.print("Every equation holds.")
    else:
        broken = ", ".join(f"{name} for {count:,}" for name, count in verdict.broken.items())
        console.print(f"Broken: {broken}.", highlight=False)

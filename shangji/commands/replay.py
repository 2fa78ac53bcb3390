"""The command `replay`: says everything again, or builds what was heard anew and compares."""

import asyncio
import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shangji.client import POLL_EVERY, Client, connect
from shangji.errors import StartRefused
from shangji.names import SERVICES
from shangji.progress import Bar, bars

app = typer.Typer()
EVENTS_AT_ONCE = 5_000


@app.command()
def replay(
    service: Annotated[
        str,
        typer.Argument(help="Whose events to send again; `analytics` builds its reports anew."),
    ],
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Let SERVICE go on where its log lost its beginning, instead."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Send a service's events to Kafka again; everyone drops what they have already heard.

    `shangji replay analytics` builds every projection again from the first event, beside the live
    ones, and compares the two by checksum.
    """
    if service not in SERVICES:
        raise StartRefused(f"{service!r} is none of {', '.join(SERVICES)}.")
    answer = asyncio.run(_replay(service, resume=resume))
    if as_json:
        sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    else:
        _show(service, answer)
    if answer.get("state") in ("different", "failed"):
        raise typer.Exit(1)


async def _replay(service: str, *, resume: bool) -> dict[str, Any]:
    with bars() as all_bars:
        shown = all_bars.bar()
        async with connect() as client:
            if resume:
                return await client.send("POST", service, "/operations/resume")
            if service == "analytics":
                return await _rebuild(client, shown)
            return await _republish(client, service, shown)


async def _republish(client: Client, service: str, shown: Bar) -> dict[str, Any]:
    last = (await client.get(service, "/operations/status"))["feed_position"]
    shown.about(f"sending the events of {service} again")
    position = events = 0
    while position < last:
        body = {"after": position, "limit": EVENTS_AT_ONCE}
        sent = await client.send("POST", service, "/operations/replay", body)
        if not sent["events"]:
            break
        position, events = sent["position"], events + sent["events"]
        shown.at("sent", min(position, last), last)
    await shown.wait_for_quiet(client)
    return {"service": service, "events": events, "position": position}


async def _rebuild(client: Client, shown: Bar) -> dict[str, Any]:
    await shown.wait_for_quiet(client)
    shown.about("building the reports anew, beside the live ones")
    rebuild = await client.send("POST", "analytics", "/rebuilds")
    while rebuild["state"] in ("waiting", "running"):
        shown.at("read", rebuild["messages_read"], max(rebuild["messages_total"], 1))
        await asyncio.sleep(POLL_EVERY)
        rebuild = await client.get("analytics", f"/rebuilds/{rebuild['id']}")
    return rebuild


def _show(service: str, answer: dict[str, Any]) -> None:
    console = Console()
    if "partitions" in answer:
        console.print(f"{answer['partitions']} partitions of {service} go on.")
    elif "tables" not in answer:
        console.print(f"{answer['events']:,} events of {service} were sent again and heard.")
    else:
        table = Table("projection", "rows", "live", "built anew", "", box=None)
        for name, found in answer["tables"].items():
            verdict = "equal" if found["equal"] else "different"
            table.add_row(name, f"{found['rows']:,}", found["live"], found["rebuilt"], verdict)
        console.print(table)
        console.print(answer["problem"] or f"The reports built anew are {answer['state']}.")

"""The commands `parked …`: events that wait because they could not take effect."""

import asyncio
import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shangji.client import connect
from shangji.names import SERVICES

commands = typer.Typer(help="Look at events that wait, and put them back.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(commands, name="parked")

Service = Annotated[str, typer.Argument(help="The service in which it waits.")]
Kind = Annotated[str, typer.Argument(help="What it is about, such as lead.")]
Id = Annotated[str, typer.Argument(help="The id of that.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@commands.command("list")
def list_parked(as_json: AsJson = False) -> None:
    """List what waits in all services, each with its reason."""
    waiting = asyncio.run(_list())
    if as_json:
        _print_json(waiting)
        return
    console = Console()
    if not waiting:
        console.print("Nothing is parked.")
        return
    table = Table("service", "kind", "id", "events", "reason", "since", box=None)
    for key in waiting:
        reason = f"{key['reason']} {key['detail']}".strip()
        where = (key["service"], key["aggregate_type"], key["aggregate_id"])
        table.add_row(*where, str(key["events"]), reason, key["since"])
    console.print(table)


async def _list() -> list[dict[str, Any]]:
    async with connect() as client:
        return [
            {"service": service, **key}
            for service in SERVICES
            async for key in client.pages(service, "/operations/parked")
        ]


@commands.command()
def show(service: Service, kind: Kind, id: Id) -> None:
    """Show the events of one record that wait, in order."""
    _print_json(asyncio.run(_ask("GET", service, f"/operations/parked/{kind}/{id}")))


@commands.command()
def retry(service: Service, kind: Kind, id: Id, as_json: AsJson = False) -> None:
    """Let the events of one record take effect, after the cause is cured."""
    answer = asyncio.run(_ask("POST", service, f"/operations/parked/{kind}/{id}/retry"))
    _tell(answer, as_json)


@commands.command()
def drop(
    service: Service,
    kind: Kind,
    id: Id,
    why: Annotated[str, typer.Option(help="Kept in the audit.", prompt=True)],
    as_json: AsJson = False,
) -> None:
    """Give up the first of them, and let the others take effect."""
    body = {"why": why}
    answer = asyncio.run(_ask("POST", service, f"/operations/parked/{kind}/{id}/drop", body))
    _tell(answer, as_json)


async def _ask(method: str, service: str, path: str, body: Any = None) -> Any:
    if service not in SERVICES:
        raise typer.BadParameter(f"{service} is none of {', '.join(SERVICES)}")
    async with connect() as client:
        if method == "GET":
            return await client.get(service, path)
        return await client.send(method, service, path, body)


def _tell(answer: dict[str, int], as_json: bool) -> None:
    if as_json:
        _print_json(answer)
    else:
        Console().print(f"{answer['applied']} took effect, {answer['still_parked']} still wait.")


def _print_json(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")

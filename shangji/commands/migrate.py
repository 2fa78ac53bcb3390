"""The commands `migrate …`: bring another system's records in, compare, and let units go live."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from shangji import migrating
from shangji.client import Client, connect
from shangji.errors import StartRefused
from shangji.importing import check_readable, fetch_errors, spoken, take_in
from shangji.migrating import Written, read_plan, read_totals
from shangji.progress import bars

commands = typer.Typer(
    help="Bring another system's records in, compare, and let units go live.", no_args_is_help=True
)
app = typer.Typer()
app.add_typer(commands, name="migrate")

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
COUNTS = ("rows", "created", "updated", "unchanged", "duplicate", "rejected")


@commands.command("run")
def run_migration(
    plan: Annotated[Path, typer.Argument(help="YAML: name, system, files, totals.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would happen, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in the files of a plan, one after another, and compare with the other system's totals."""
    written = read_plan(plan)
    for step in written.plan.files:
        check_readable(written.folder / step.file)
    done, lines = asyncio.run(_run(written, dry_run=dry_run))
    if as_json:
        _print({"files": done, "comparison": lines})
    else:
        _show_files(done)
        _show_lines(lines)
    if any(file["state"] == "refused" for file in done):
        raise typer.Exit(1)


@commands.command("compare")
def compare_migration(
    system: Annotated[str, typer.Argument(help="The system the records came from.")],
    totals: Annotated[Path, typer.Argument(help="CSV or JSON: kind, by, value, count, amount.")],
    as_json: AsJson = False,
) -> None:
    """Show what another system says it holds beside what came from it."""
    lines = asyncio.run(_compare(system, read_totals(totals)))
    if as_json:
        _print(lines)
    else:
        _show_lines(lines)


@commands.command("live")
def go_live(
    unit: Annotated[str, typer.Argument(help="The unit, by its name or id.")],
) -> None:
    """Let a unit work here from now on: no history is taken in for it any more. For good."""
    shown = asyncio.run(_go_live(unit))
    Console().print(f"{shown['name']} is live since {shown['live_since']}.", highlight=False)


async def _run(written: Written, *, dry_run: bool) -> tuple[list[dict[str, Any]], list[Any]]:
    plan, done = written.plan, list[dict[str, Any]]()
    with bars() as all_bars:
        shown = all_bars.bar()
        async with connect() as client:
            for sending in written.sendings(dry_run=dry_run):
                shown.about(spoken(sending.path))
                file = await take_in(client, sending, shown.at)
                rejected = (
                    await fetch_errors(client, file, sending.path) if file["rejected"] else None
                )
                done.append({**file, "errors_file": rejected and str(rejected)})
            if not dry_run:
                await shown.wait_for_quiet(client)
            told = read_totals(written.folder / plan.totals) if plan.totals else []
            return done, await migrating.compare(client, plan.system, told)


async def _compare(system: str, told: list[dict[str, Any]]) -> list[Any]:
    async with connect() as client:
        return await migrating.compare(client, system, told)


async def _go_live(name: str) -> Any:
    async with connect() as client:
        unit_id = await _unit_id(client, name)
        return await client.send("PUT", "opportunities", f"/units/{unit_id}/live")


async def _unit_id(client: Client, name: str) -> str:
    found = [
        unit["id"]
        async for unit in client.pages("opportunities", "/units")
        if name in (unit["id"], unit["name"])
    ]
    if len(found) != 1:
        raise StartRefused(f"{len(found) or 'No'} units are called {name!r}; name one by its id.")
    return found[0]


def _print(shown: Any) -> None:
    sys.stdout.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode() + "\n")


def _show_files(done: list[dict[str, Any]]) -> None:
    table = Table("file", box=None)
    for name in COUNTS:
        table.add_column(name, justify="right")
    for file in done:
        table.add_row(file["file_name"], *(f"{file[name]:,}" for name in COUNTS))
    Console().print(table)
    for file in done:
        if problem := file["problem"]:
            sentence = f"{file['file_name']} was refused: {problem['detail']}"
            Console(stderr=True).print(sentence, soft_wrap=True, highlight=False, markup=False)
        if file["errors_file"]:
            sentence = f"Rows that were not taken in, with reasons: {file['errors_file']}"
            Console().print(sentence, soft_wrap=True, highlight=False)


def _show_lines(lines: list[Any]) -> None:
    if not lines:
        return
    table = Table("kind", "by", "value", box=None)
    for name in ("there", "here", "difference", "amount there", "amount here", "difference"):
        table.add_column(name, justify="right")
    for line in lines:
        there, here = line["there"] or {}, line["here"] or {}
        numbers = (
            *(there.get("count"), here.get("count"), line["count_difference"] or ""),
            *(there.get("amount"), here.get("amount"), line["amount_difference"] or ""),
        )
        shown = ("" if number is None else str(number) for number in numbers)
        style = None if line["equal"] else "bold"
        table.add_row(line["kind"], line["by"], line["value"], *shown, style=style)
    Console().print(table)

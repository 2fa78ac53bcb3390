"""The command `import`: takes files in, or imports back, and waits until all services know of it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import typer
from rich.console import Console
from rich.table import Table

from shangji import importing
from shangji.client import Client, connect
from shangji.importing import Sending, check_readable, fetch_errors, read_mapping, spoken, take_in
from shangji.progress import Bar, bars

Kind = Literal[
    "leads",
    "customers",
    "contacts",
    "opportunities",
    "activities",
    "documents",
    "directory",
    "products",
    "undo",
]
COUNTS = ("rows", "created", "updated", "unchanged", "duplicate", "rejected")
UNDONE = ("rows", "withdrawn", "restored", "unchanged", "rejected")
app = typer.Typer()


@app.command("import")
def import_(
    kind: Annotated[Kind, typer.Argument(help="What the files hold; `undo` takes imports back.")],
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV or XLSX, also within gzip; for `undo` the ids of imports."),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(help="Which column is which field; without it they are matched by name."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="For `documents`: where the files lie that the rows name; sent first."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would happen, and change nothing.")
    ] = False,
    user: Annotated[str, typer.Option("--as", help="In whose name.")] = "operator",
    as_json: Annotated[bool, typer.Option("--json", help="The counts, for programs.")] = False,
) -> None:
    """Take files in, or imports back, and wait until every service has heard of it."""
    if kind == "undo":
        work = _undo([str(path) for path in files], user, dry_run=dry_run)
    else:
        text = read_mapping(mapping)
        for path in files:
            check_readable(path)
        sendings = [
            Sending(kind=kind, path=path, mapping=text, dry_run=dry_run, folder=folder)
            for path in files
        ]
        work = _import(sendings, user)
    results = asyncio.run(work)
    _report(results, UNDONE if kind == "undo" else COUNTS, dry_run=dry_run, as_json=as_json)


async def _import(sendings: list[Sending], user: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    with bars() as all_bars:
        shown = all_bars.bar()
        async with connect(username=user) as client:
            for sending in sendings:
                shown.about(spoken(sending.path))
                done = await take_in(client, sending, shown.at)
                done["file"] = str(sending.path.with_name(spoken(sending.path)))
                results.append(await _with_errors(client, done, sending.path))
            if not sendings[0].dry_run:
                await _wait(client, user, shown)
    return results


async def _undo(import_ids: list[str], user: str, *, dry_run: bool) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    with bars() as all_bars:
        shown = all_bars.bar()
        async with connect(username=user) as client:
            for import_id in import_ids:
                shown.about(f"undoing {import_id}")
                done = await importing.undo(client, import_id, shown.at, dry_run=dry_run)
                done["file"] = done["file_name"]
                results.append(await _with_errors(client, done, Path(f"{import_id}.undo")))
            if not dry_run:
                await _wait(client, user, shown)
    return results


async def _with_errors(client: Client, done: dict[str, Any], path: Path) -> dict[str, Any]:
    """Beside the counts, where the rows are that were not taken in, or that had to stay."""
    written = await fetch_errors(client, done, path) if done["rejected"] else None
    return {**done, "errors_file": written and str(written.with_name(spoken(written)))}


async def _wait(client: Client, user: str, shown: Bar) -> None:
    operator = client if user == "operator" else await client.as_person("operator")
    await shown.wait_for_quiet(operator)


def _report(
    results: list[dict[str, Any]], counts: tuple[str, ...], *, dry_run: bool, as_json: bool
) -> None:
    if as_json:
        sys.stdout.write(orjson.dumps(results, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _show(results, counts, dry_run=dry_run)
    if any(result["state"] == "refused" for result in results):
        raise typer.Exit(1)


def _show(results: list[dict[str, Any]], counts: tuple[str, ...], *, dry_run: bool) -> None:
    console = Console()
    if dry_run:
        console.print("A dry run: nothing was changed. It would be:")
    table = Table("file", "id", box=None)
    for name in counts:
        table.add_column(name, justify="right")
    for result in results:
        numbers = (f"{result[name]:,}" for name in counts)
        table.add_row(result["file_name"], result["id"], *numbers)
    console.print(table)
    for result in results:
        if result["problem"]:
            problem = result["problem"]
            sentence = f"{result['file']} was refused: {problem['detail']} {problem['next_step']}"
            Console(stderr=True).print(sentence, soft_wrap=True, highlight=False, markup=False)
        if result["errors_file"]:
            console.print(
                f"Rows that were not taken in, with reasons: {result['errors_file']}"
                if result["undoes"] is None
                else f"Rows that had to stay, with reasons: {result['errors_file']}",
                soft_wrap=True,
                highlight=False,
            )

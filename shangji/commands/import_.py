"""The command `import`: takes files in, and waits until all services know what was in them."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import typer
from rich.console import Console
from rich.table import Table

from shangji.client import connect
from shangji.importing import Sending, check_readable, fetch_errors, read_mapping, spoken, take_in
from shangji.progress import bars

app = typer.Typer()

Kind = Literal["leads", "customers", "opportunities", "directory", "products"]
COUNTS = ("rows", "created", "updated", "unchanged", "duplicate", "rejected")


@app.command("import")
def import_(
    kind: Annotated[Kind, typer.Argument(help="What the files hold.")],
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX, also within gzip.")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="Which column is which field; without it they are matched by name."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would happen, and change nothing.")
    ] = False,
    user: Annotated[str, typer.Option("--as", help="In whose name.")] = "operator",
    as_json: Annotated[bool, typer.Option("--json", help="The counts, for programs.")] = False,
) -> None:
    """Take files in, and wait until every service has heard of it."""
    text = read_mapping(mapping)
    for path in files:
        check_readable(path)
    sendings = [Sending(kind=kind, path=path, mapping=text, dry_run=dry_run) for path in files]
    results = asyncio.run(_import(sendings, user))
    if as_json:
        sys.stdout.write(orjson.dumps(results, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _show(results, dry_run=dry_run)
    if any(result["state"] == "refused" for result in results):
        raise typer.Exit(1)


async def _import(sendings: list[Sending], user: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    with bars() as all_bars:
        shown = all_bars.bar()
        async with connect(username=user) as client:
            for sending in sendings:
                shown.about(spoken(sending.path))
                done = await take_in(client, sending, shown.at)
                done["file"] = str(sending.path.with_name(spoken(sending.path)))
                done["errors_file"] = None
                if done["rejected"]:
                    written = await fetch_errors(client, done, sending.path)
                    done["errors_file"] = str(written.with_name(spoken(written)))
                results.append(done)
            if not sendings[0].dry_run:
                operator = client if user == "operator" else await client.as_person("operator")
                await shown.wait_for_quiet(operator)
    return results


def _show(results: list[dict[str, Any]], *, dry_run: bool) -> None:
    console = Console()
    if dry_run:
        console.print("A dry run: nothing was changed. It would be:")
    table = Table("file", box=None)
    for name in COUNTS:
        table.add_column(name, justify="right")
    for result in results:
        table.add_row(result["file_name"], *(f"{result[name]:,}" for name in COUNTS))
    console.print(table)
    for result in results:
        if result["problem"]:
            problem = result["problem"]
            sentence = f"{result['file']} was refused: {problem['detail']} {problem['next_step']}"
            Console(stderr=True).print(sentence, soft_wrap=True, highlight=False, markup=False)
        if result["errors_file"]:
            console.print(
                f"Rows that were not taken in, with reasons: {result['errors_file']}",
                soft_wrap=True,
                highlight=False,
            )

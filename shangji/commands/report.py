"""The command `report`: what managers see, as a table or as data."""

import asyncio
import sys
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from shangji.client import connect

app = typer.Typer()


@app.command()
def report(
    name: Annotated[
        str,
        typer.Argument(
            help="summary, stage-counts, win-rate, cycle-days, pipeline, funnel, "
            "source-conversion or efficiency."
        ),
    ],
    by: Annotated[str | None, typer.Option(help="A dimension, such as region or month.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="As things stood at the end of this day."),
    ] = None,
    user: Annotated[str, typer.Option("--as", help="Whose view to show.")] = "operator",
    as_json: Annotated[bool, typer.Option("--json", help="The rows, for programs.")] = False,
) -> None:
    """Show a report."""
    wanted = {"by": by, "as_of": as_of.date().isoformat() if as_of else None}
    rows = asyncio.run(_fetch(name, user, {key: value for key, value in wanted.items() if value}))
    if as_json:
        sys.stdout.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _show(rows, Console())


async def _fetch(name: str, user: str, wanted: dict[str, str]) -> list[dict[str, Any]]:
    async with connect(username=user) as client:
        return await client.get("analytics", f"/reports/{name}", **wanted)


def _show(rows: list[dict[str, Any]], console: Console) -> None:
    if not rows:
        console.print("Nothing to report yet.")
        return
    table = Table(box=None, header_style="bold")
    for column in rows[0]:
        numeric = isinstance(rows[0][column], int | float)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(column, value) for column, value in row.items()))
    console.print(table)


def _cell(column: str, value: Any) -> str:
    match value:
        case None:
            return "–"
        case float() if column == "rate" or column.endswith("_rate"):
            return f"{value:.1%}"
        case float():
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case int():
            return f"{value:,}"
        case _:
            return str(value)

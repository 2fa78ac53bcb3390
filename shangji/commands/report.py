"""The command `report`: what managers see, as a table or as data."""

import asyncio
import sys
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer
from rich.cells import cell_len
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
            "source-conversion, attribution or efficiency."
        ),
    ],
    by: Annotated[str | None, typer.Option(help="A dimension, such as region or month.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="As things stood at the end of this day."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Nothing earlier counts."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Nothing later counts.")
    ] = None,
    user: Annotated[str, typer.Option("--as", help="Whose view to show.")] = "operator",
    as_json: Annotated[bool, typer.Option("--json", help="The rows, for programs.")] = False,
) -> None:
    """Show a report."""
    days = {"as_of": as_of, "from": since, "to": until}
    wanted = {key: day.date().isoformat() for key, day in days.items() if day}
    rows = asyncio.run(_fetch(name, user, wanted | ({"by": by} if by else {})))
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
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    for column in rows[0]:
        header = column.replace("_", " ")
        cells = [_cell(column, row[column]) for row in rows]
        numeric = any(isinstance(row[column], int | float) for row in rows)
        # Headers break between words, numbers nowhere.
        width = max(map(cell_len, [*cells, *header.split()])) if numeric else None
        table.add_column(header, justify="right" if numeric else "left", min_width=width)
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

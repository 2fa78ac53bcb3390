"""The command `export`: writes what you may see to a file."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from shangji import exporting
from shangji.client import connect
from shangji.errors import StartRefused
from shangji.progress import bars

app = typer.Typer()

Kind = Literal["leads", "customers", "contacts", "opportunities"]


@app.command()
def export(
    kind: Annotated[Kind, typer.Argument(help="What to write.")],
    to: Annotated[Path, typer.Option(help="The file: .xlsx, or else CSV.")],
    where: Annotated[
        list[str] | None,
        typer.Option(help="A filter of the list, such as state=open; several may be given."),
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Everybody's phone and mail, for those who may.")
    ] = False,
    purpose: Annotated[
        str, typer.Option(help="Why they have to be seen; kept with your name.")
    ] = "",
    user: Annotated[str, typer.Option("--as", help="In whose name.")] = "operator",
) -> None:
    """Write records to a file, as many as you may see; imported again, it changes nothing."""
    wanted = dict(map(_filter, where or ()))
    if reveal:
        wanted |= {"reveal": "true", "purpose": purpose}
    size = asyncio.run(_export(kind, to, wanted, user))
    Console().print(f"{to}: {size:,} bytes.", soft_wrap=True, highlight=False, markup=False)


async def _export(kind: str, to: Path, wanted: dict[str, str], user: str) -> int:
    with bars() as all_bars:
        shown = all_bars.bar(to.name)
        async with connect(username=user) as client:
            return await exporting.fetch(
                client, kind, to, wanted, lambda size: shown.at("bytes", size, max(size, 1))
            )


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise StartRefused(f"{text!r} is no filter; say it like state=open.")
    return name, value

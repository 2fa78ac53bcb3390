"""The commands `demo …`: load the invented enterprise, let its days pass, say what to look at."""

import asyncio
import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from shangji.client import connect
from shangji.progress import bars
from shangji.stack import Stack
from shangji.welcome import print_script

commands = typer.Typer(help="A living demo enterprise.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(commands, name="demo")


@commands.command()
def load() -> None:
    """Load the demo enterprise; doing it again changes nothing."""
    # Inventing a company takes imports that no other command needs.
    from shangji.demo import load_demo  # noqa: PLC0415

    console = Console()
    console.print(asyncio.run(load_demo(Stack.read(), console, again=True)))


@commands.command()
def advance(
    span: Annotated[str, typer.Argument(help="How far: 36h, 7d or 2w.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Let time pass in all services, and tell what fell due."""
    # As above.
    from shangji.demo import clock  # noqa: PLC0415

    async def move() -> clock.Passed:
        wanted = clock.parse_span(span)
        with bars() as shown:
            async with connect() as client:
                return await clock.advance(client, wanted, shown.bar())

    passed = asyncio.run(move())
    if as_json:
        answer = {"now": passed.now.isoformat(), "happened": passed.happened}
        sys.stdout.write(json.dumps(answer, indent=2) + "\n")
        return
    console = Console()
    console.print(f"It is now {passed.now:%Y-%m-%d %H:%M} (UTC). What happened meanwhile:")
    table = Table("what", box=None)
    table.add_column("how often", justify="right")
    for name, count in passed.happened.most_common():
        table.add_row(name, f"{count:,}")
    console.print(table)


@commands.command()
def script() -> None:
    """Print a short walk through the demo, in Chinese and English."""
    print_script(Stack.read(), Console())

"""The `shangji` command, put together from its sub-commands."""

import importlib
import pkgutil
import sys

import typer
from rich.console import Console

from shangji import commands, lifecycle
from shangji.errors import StartRefused


def build() -> typer.Typer:
    """Put the sub-commands together."""
    app = typer.Typer(
        name="shangji",
        help="Leads and opportunities: start, feed, check and stop the stack.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.add_typer(lifecycle.app)
    for module in sorted(info.name for info in pkgutil.iter_modules(commands.__path__)):
        app.add_typer(importlib.import_module(f"shangji.commands.{module}").app)
    return app


def main() -> None:
    """Run the command; a refusal is one sentence on standard error and exit code 1."""
    try:
        build()()
    except StartRefused as refused:
        Console(stderr=True).print(str(refused), soft_wrap=True, highlight=False, markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()

"""The commands `up`, `down` and `status`."""

import asyncio
import json
import os
import subprocess
import sys
import time
from typing import Annotated, Literal

import typer
from rich.console import Console

from shangji import report
from shangji.errors import StartRefused
from shangji.home import Home, read_json
from shangji.journal import Listener, tail
from shangji.lock import is_held, same_process
from shangji.stack import Stack
from shangji.supervisor import stop_leftovers
from shangji.up import Options, run
from shangji.welcome import print_welcome

DETACHED_START_WITHIN = 600.0
STOP_WITHIN = 90.0

app = typer.Typer()


@app.command()
def up(
    infra: Annotated[
        Literal["embedded", "docker", "external"],
        typer.Option(help="Where PostgreSQL and Kafka come from.", envvar="SHANGJI_INFRA"),
    ] = "embedded",
    demo: Annotated[bool, typer.Option(help="Load a living demo company.")] = True,
    services: Annotated[
        bool, typer.Option(help="Run the services; without them, only what they stand on.")
    ] = True,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return once everything runs; end it with `down`.")
    ] = False,
) -> None:
    """Start PostgreSQL, Kafka and the services, and keep them running."""
    home = Home.default()
    if detach:
        _start_detached(home)
    else:
        _run(home, Options(infra=infra, demo=demo, services=services))


def _run(home: Home, options: Options) -> None:
    console = Console()
    try:
        asyncio.run(run(home, options, console))
    except* StartRefused as refused:
        raise StartRefused(str(_first(refused))) from None


def _first(group: BaseExceptionGroup[StartRefused]) -> BaseException:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


def _start_detached(home: Home) -> None:
    home.prepare()
    words = [word for word in sys.argv[1:] if word != "--detach"]
    output, journal = home.log("up"), Listener(home.log("supervisor"))
    with output.open("wb") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "shangji", *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env={**os.environ, "SHANGJI_HOME": str(home.path)},
            start_new_session=True,
        )
    console = Console()
    deadline = time.monotonic() + DETACHED_START_WITHIN
    with console.status("Starting"):
        while time.monotonic() < deadline:
            for sentence in journal.news():
                console.print(sentence, highlight=False, soft_wrap=True, markup=False)
            if child.poll() is not None:
                raise StartRefused(tail(output, 1) or f"Shangji ended at once; see {output}.")
            state = read_json(home.state_file)
            if state.get("supervisor", {}).get("pid") == child.pid and state["phase"] == "running":
                print_welcome(Stack.of(home, state), console)
                return
            time.sleep(0.1)
    raise StartRefused(f"Shangji is not up after {DETACHED_START_WITHIN:.0f} s; see {output}.")


@app.command()
def down() -> None:
    """Stop what `up` started, in good order."""
    home = Home.default()
    console = Console()
    state = read_json(home.state_file)
    if not is_held(home):
        console.print(_clean_up(home) or f"Shangji is not running ({home.path}).", soft_wrap=True)
        return
    supervisor = state.get("supervisor", {})
    process = same_process(supervisor.get("pid", 0), supervisor.get("created_at", 0.0))
    if process is None:
        raise StartRefused(f"Shangji is just starting or stopping ({home.path}); try again soon.")
    process.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    with console.status("Stopping"):
        while is_held(home):
            if time.monotonic() > deadline:
                raise StartRefused(
                    f"Shangji (pid {process.pid}) still runs after {STOP_WITHIN:.0f} s."
                )
            time.sleep(0.05)
    console.print(f"Shangji is stopped ({home.path}).", soft_wrap=True, highlight=False)


def _clean_up(home: Home) -> str | None:
    return asyncio.run(stop_leftovers(home)) if home.state_file.exists() else None


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell what runs, where, and how much memory it takes."""
    found = asyncio.run(report.current(Home.default()))
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        report.show(found, Console())

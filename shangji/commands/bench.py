"""The command `bench`: measures how fast it is, beside the raw limits of the same machine."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from shangji.errors import StartRefused
from shangji.progress import bars

app = typer.Typer()
WIDTH = 140
TERMINATED = 143


@app.command()
def bench(
    figures: Annotated[
        list[str] | None,
        typer.Argument(
            help="submit, import, relay, latency, consume, rebuild, duplicates, scoring or idle; none is all."
        ),
    ] = None,
    repeat: Annotated[int | None, typer.Option(min=1, help="How often; 3 unless told.")] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.5, help="How long each load lasts; 8 unless told.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write everything here; `-` is standard output.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Once and briefly: whether it works, not how fast.")
    ] = False,
) -> None:
    """Measure each figure beside its raw limit, on a stack that is thrown away afterwards."""
    # Load generators and figures are imports that no other command needs.
    from shangji.bench import run, table  # noqa: PLC0415
    from shangji.bench.figures import FIGURES  # noqa: PLC0415
    from shangji.bench.plan import Plan  # noqa: PLC0415

    names = list(dict.fromkeys(figures or FIGURES))
    if unknown := [name for name in names if name not in FIGURES]:
        raise StartRefused(f"{unknown[0]!r} is none of {', '.join(FIGURES)}.")
    plan = Plan.quick() if quick else Plan()
    plan = replace(plan, repeat=repeat or plan.repeat, seconds=seconds or plan.seconds)
    with bars() as shown, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            report = runner.run(run.measure(names, plan, shown.bar()))
        except asyncio.CancelledError:
            raise typer.Exit(TERMINATED) from None
    text = report.model_dump_json(indent=2) + "\n"
    if str(json_file) == "-":
        sys.stdout.write(text)
        return
    if json_file is not None:
        json_file.write_text(text, encoding="utf-8")
    console = Console()
    # Into a file or a pipe the lines go whole.
    table.show(
        report.measurements,
        report.machine,
        console if console.is_terminal else Console(width=WIDTH),
    )

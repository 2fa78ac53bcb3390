"""The measurements as a table for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from shangji.bench.measurement import Machine, Measurement, Spread


def show(measurements: Sequence[Measurement], machine: Machine, console: Console) -> None:
    """Print the table, and on which machine it was measured."""
    table = Table("figure", "what", box=None, pad_edge=False)
    table.add_column("median (min–max)", justify="right", no_wrap=True)
    table.add_column("raw limit", justify="right", no_wrap=True)
    table.add_column("ratio", justify="right")
    table.add_column("aim", no_wrap=True)
    for line in measurements:
        table.add_row(*cells(line))
    console.print(table)
    console.print(
        f"{machine.processors} processors, {machine.memory_mb / 1024:.0f} GB, {machine.system}, "
        f"Python {machine.python}; load {machine.load_before:.1f} before, "
        f"{machine.load_after:.1f} after.",
        highlight=False,
        soft_wrap=True,
    )


def cells(line: Measurement) -> tuple[str, ...]:
    """One line of the table."""
    return (
        line.figure,
        line.what,
        f"{spoken(line.value)} {line.unit}",
        spoken(line.limit) if line.limit else "–",
        f"{line.ratio:.2f}" if line.ratio is not None else "–",
        line.aim,
    )


def spoken(spread: Spread) -> str:
    """The median, and in brackets what lies around it when there was more than one sample."""
    digits = 0 if spread.high >= 100 else 1
    said = [f"{value:,.{digits}f}" for value in (spread.median, spread.low, spread.high)]
    return said[0] if len(spread.samples) == 1 else f"{said[0]} ({said[1]}–{said[2]})"

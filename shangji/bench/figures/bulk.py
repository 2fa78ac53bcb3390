"""Leads from a file, with everything that is done to them, beside `COPY` of the same rows."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from shangji.bench import backlog
from shangji.bench.enterprise import COLUMNS
from shangji.bench.measurement import Measurement
from shangji.bench.plan import Plan
from shangji.bench.yard import DOWNSTREAM, SCHEMA, Yard
from shangji.progress import Bar

LIMIT = "COPY of the same rows"
TABLE = f"CREATE TABLE {SCHEMA}.row (external_id text PRIMARY KEY, {', '.join(f'{name} text' for name in COLUMNS[1:])})"


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """From the answer that the file has arrived to the commit of its last row."""
    await yard.admin.execute(TABLE)
    await backlog.bring_in(yard, backlog.write(yard, 100))
    raw: list[float] = []
    stopped: list[float] = []
    running: list[float] = []
    for number in range(plan.repeat):
        bar.at("import, round", number, plan.repeat)
        await yard.settle()
        path = backlog.write(yard, plan.leads)
        with yard.stopped(*DOWNSTREAM):
            raw.append(plan.leads / await _copy(yard, path))
            stopped.append(await _import(yard, path, plan))
        await yard.settle()
        running.append(await _import(yard, backlog.write(yard, plan.leads), plan))
    return [
        Measurement.beside(
            raw,
            LIMIT,
            value=rates,
            figure="import",
            what=f"{plan.leads:,} leads from a file, {state}",
            unit="leads/s",
            aim=aim,
        )
        for state, rates, aim in (
            ("listeners stopped", stopped, "≥ 3,000"),
            ("all running", running, ""),
        )
    ]


async def _import(yard: Yard, path: Path, plan: Plan) -> float:
    return plan.leads / await backlog.bring_in(yard, path)


async def _copy(yard: Yard, path: Path) -> float:
    await yard.admin.execute(f"TRUNCATE {SCHEMA}.row")
    began = perf_counter()
    await yard.admin.copy_to_table(
        "row", schema_name=SCHEMA, source=path, columns=list(COLUMNS), format="csv", header=True
    )
    return perf_counter() - began

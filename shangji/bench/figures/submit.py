"""`POST /leads` beside a bare endpoint, with the listeners stopped and with all of them running."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shangji.bench import bare, load
from shangji.bench.load import Job, Outcome
from shangji.bench.measurement import Measurement, Spread
from shangji.bench.plan import Plan
from shangji.bench.yard import DOWNSTREAM, Yard
from shangji.progress import Bar

LIMIT = "FastAPI + asyncpg, two rows, one transaction"
WARM_UP_SECONDS = 2.0
CONNECTIONS_AT_HALF_LOAD = 64


@dataclass
class _Seen:
    """What a state of the stack gave: at full load, and at half of that."""

    full: list[Outcome] = field(default_factory=list)
    half: list[Outcome] = field(default_factory=list)


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Throughput with always the next lead on its way, and how long a lead takes at half of it."""
    raw: list[Outcome] = []
    stopped, running = _Seen(), _Seen()
    port = int(yard.stack.url("leads").rpartition(":")[2])
    async with bare.serving(yard) as bare_port:
        for warm in (bare_port, port):
            await _send(yard, warm, min(WARM_UP_SECONDS, plan.seconds))
        for number in range(plan.repeat):
            bar.at("submit, round", number, plan.repeat)
            await yard.settle()
            with yard.stopped(*DOWNSTREAM):
                raw.append(await _send(yard, bare_port, plan.seconds))
                await _measure_state(yard, port, plan, stopped)
            await yard.settle()
            await _measure_state(yard, port, plan, running)
    return [
        *_lines("listeners stopped", stopped, raw, aims=("≥ 0.4 of the limit", "≤ 50 ms")),
        *_lines("all running", running, raw, aims=("", "")),
    ]


async def _measure_state(yard: Yard, port: int, plan: Plan, seen: _Seen) -> None:
    full = await _send(yard, port, plan.seconds)
    seen.full.append(full)
    seen.half.append(await _send(yard, port, plan.seconds, rate=full.rate / 2))


async def _send(yard: Yard, port: int, seconds: float, *, rate: float = 0.0) -> Outcome:
    job = Job(
        port=port, token=yard.client.token, first_phone=yard.range_of_phones(), seconds=seconds
    )
    if rate:
        job.rate, job.connections = rate, CONNECTIONS_AT_HALF_LOAD
    return await load.send(job)


def _lines(
    state: str, seen: _Seen, raw: Sequence[Outcome], *, aims: tuple[str, str]
) -> list[Measurement]:
    return [
        Measurement.beside(
            [outcome.rate for outcome in raw],
            LIMIT,
            value=[outcome.rate for outcome in seen.full],
            figure="submit",
            what=f"POST /leads, {state}",
            unit="leads/s",
            aim=aims[0],
        ),
        _took(f"full load, {state}", seen.full, ""),
        _took(f"half load, {state}", seen.half, aims[1]),
    ]


def _took(what: str, outcomes: Sequence[Outcome], aim: str) -> Measurement:
    return Measurement(
        figure="submit",
        what=f"p99, {what}",
        unit="ms",
        value=Spread.of([outcome.at(0.99) for outcome in outcomes]),
        aim=aim,
        also={"p50_ms": Spread.of([outcome.at(0.5) for outcome in outcomes]).median},
    )

"""A duplicate check, and `POST /leads`, when few and when very many leads are stored."""

from collections.abc import Sequence
from time import perf_counter

from shangji.bench import load, stored
from shangji.bench.load import Job
from shangji.bench.measurement import Measurement, Spread, percentile
from shangji.bench.plan import Plan
from shangji.bench.yard import Yard
from shangji.progress import Bar
from shared.sealing import Sealer

LIMIT = "one look-up by primary key, over the same kind of connection"
LOOK_UP = "SELECT lead_id FROM leads.lead_identity WHERE kind = 'phone' AND value = $1"
POLICY = {"discloses": "owner", "per_day": 100_000, "answers_after_ms": 0}
QUESTIONS = 300
FEW = 10_000


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Ask one question after the other; send leads as fast as they are taken."""
    await _disclose(yard)
    few = min(FEW, plan.stored // 10)
    checks: dict[int, list[list[float]]] = {}
    look_ups: dict[int, list[list[float]]] = {}
    rates: dict[int, list[float]] = {}
    first = 1
    for size in (few, plan.stored):
        bar.about(f"duplicates: storing {size:,} leads")
        await stored.fill(yard, first, size)
        first = size + 1
        for number in range(plan.repeat):
            bar.at(f"duplicates, {size:,} stored, round", number, plan.repeat)
            await yard.settle()
            look_ups.setdefault(size, []).append(await _look_ups(yard, plan, size))
            checks.setdefault(size, []).append(await _questions(yard, plan, size))
            rates.setdefault(size, []).append(await _rate(yard, plan))
    return [
        *(_line(size, checks[size], look_ups[size]) for size in checks),
        Measurement.beside(
            rates[few],
            f"the same with {few:,} stored",
            value=rates[plan.stored],
            figure="duplicates",
            what=f"POST /leads with {plan.stored:,} stored",
            unit="leads/s",
            aim="≥ 0.77 of the limit",
        ),
    ]


async def _disclose(yard: Yard) -> None:
    """Answers come as soon as they are known, and as often as they are asked for."""
    path = "/configurations/duplicate_checks"
    draft = await yard.client.send("POST", "leads", path, {"body": POLICY, "why": "To measure"})
    for state in ("checked", "activated"):
        await yard.client.send("PUT", "leads", f"{path}/{draft['version']}/state", {"state": state})


async def _questions(yard: Yard, plan: Plan, size: int) -> list[float]:
    """How long each question takes, in milliseconds, from the client's side of HTTP."""
    took: list[float] = []
    for number in _numbers(plan, size):
        began = perf_counter()
        await yard.client.send("POST", "leads", "/duplicate-checks", stored.question(number))
        took.append(1000 * (perf_counter() - began))
    return took


async def _look_ups(yard: Yard, plan: Plan, size: int) -> list[float]:
    took: list[float] = []
    sealer = Sealer.load(yard.home.sealing_keys)
    for number in _numbers(plan, size):
        began = perf_counter()
        await yard.admin.fetchval(LOOK_UP, stored.mark(sealer, number))
        took.append(1000 * (perf_counter() - began))
    return took


def _numbers(plan: Plan, size: int) -> range:
    """Numbers spread over all that are stored."""
    count = max(10, int(QUESTIONS * min(1.0, plan.seconds / 8)))
    return range(1, size + 1, max(1, size // count))


async def _rate(yard: Yard, plan: Plan) -> float:
    outcome = await load.send(
        Job(
            port=int(yard.stack.url("leads").rpartition(":")[2]),
            token=yard.client.token,
            first_phone=yard.range_of_phones(),
            seconds=plan.seconds,
        )
    )
    return outcome.rate


def _line(
    size: int, checks: Sequence[Sequence[float]], look_ups: Sequence[Sequence[float]]
) -> Measurement:
    line = Measurement.beside(
        [percentile(samples, 0.99) for samples in look_ups],
        LIMIT,
        value=[percentile(samples, 0.99) for samples in checks],
        figure="duplicates",
        what=f"p99 of a duplicate check, {size:,} stored",
        unit="ms",
        aim="≤ 10 ms",
    )
    middle = Spread.of([percentile(samples, 0.5) for samples in checks]).median
    return line.model_copy(update={"also": {"p50_ms": middle}})

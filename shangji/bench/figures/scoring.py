"""Judging leads by the rules, and by a learned score: processor time for one, without the database."""

from collections.abc import Sequence

from shangji.bench import backlog
from shangji.bench.measurement import Measurement, Spread
from shangji.bench.plan import Plan
from shangji.bench.yard import Yard
from shangji.progress import Bar


async def measure(yard: Yard, plan: Plan, bar: Bar) -> Sequence[Measurement]:
    """Try the rules in force on leads that are here, as an operator would, again and again."""
    await backlog.bring_in(yard, backlog.write(yard, plan.leads))
    await yard.settle()
    took: list[float] = []
    for number in range(plan.repeat):
        bar.at("scoring, round", number, plan.repeat)
        tried = await yard.client.send(
            "POST", "leads", "/configurations/scoring/1/dry-run", {"leads": plan.leads}
        )
        took.append(tried["microseconds"])
    return [
        Measurement(
            figure="scoring",
            what=f"a lead by the rules, {plan.leads:,} leads",
            unit="µs",
            value=Spread.of(took),
            aim="≤ 100 µs",
        )
    ]

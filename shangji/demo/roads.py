"""Where the deals of the year came from, and how they went from stage to stage."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from shangji.demo.history import Deal, Lead
from shangji.demo.seasons import DAY
from shangji.demo.vocabulary import LOST, OPEN_STAGES

DECIDED_WITHIN = timedelta(days=75)
"""A deal that begins this soon after a lead of its customer came from it."""


def from_leads(deals: Iterable[Deal], leads: Iterable[Lead]) -> Iterator[Deal]:
    """The deals, each with the first lead of its customer that became a deal and has none yet."""
    waiting: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        if lead.outcome == "converted":
            waiting[lead.company].append(lead)
    for deal in deals:
        ours = waiting[deal.customer.name]
        lead = next((lead for lead in ours if _could_begin(deal, lead)), None)
        if lead is None:
            yield deal
        else:
            ours.remove(lead)
            yield replace(deal, lead=lead.id, source=lead.source)


def _could_begin(deal: Deal, lead: Lead) -> bool:
    came = lead.captured_at.date()
    return came <= deal.engaged_on <= came + DECIDED_WITHIN


def through_stages(deals: Iterable[Deal], *, today: date, seed: int) -> Iterator[Deal]:
    """The deals, each with the days on which it came into its stages."""
    chance = Random(f"{seed} stages")  # noqa: S311 - a demo, not a secret
    for deal in deals:
        reached = OPEN_STAGES[: _reached(deal, chance)]
        days = ((deal.closed_on or today - DAY) - deal.engaged_on).days
        later = sorted(chance.randint(0, days) for _ in reached[1:])
        entered = (deal.engaged_on + timedelta(days=after) for after in (0, *later))
        yield replace(deal, entered=dict(zip(reached, entered, strict=True)))


def _reached(deal: Deal, chance: Random) -> int:
    if deal.stage in OPEN_STAGES:
        return OPEN_STAGES.index(deal.stage) + 1
    if deal.stage == LOST:
        return chance.choices(range(1, len(OPEN_STAGES) + 1), (30, 25, 20, 15, 10))[0]
    return len(OPEN_STAGES)

"""Trying scoring rules on leads that are here, before anybody relies on them."""

import asyncio
from functools import partial
from time import thread_time

from services.leads.domain import scoring
from services.leads.domain.rehearsal import Rehearsal, rehearse
from services.leads.domain.scoring import Scoring
from services.leads.repository import policy
from services.leads.repository import rehearsal as repository
from shared import configuration
from shared.db import Tx


async def rehearse_rules(
    tx: Tx, *, version: int, months: int, leads: int, who: int
) -> tuple[Rehearsal, float]:
    """Judge the latest leads by a version and by the one in force, and how long one judgement took.

    Refuses rules that do not compile. Seconds are of the processor.
    """
    draft = await configuration.version(tx, "scoring", version)
    tried = Scoring(version=version, rules=scoring.check(draft.body))
    in_force = await policy.scoring(tx)
    candidates = await repository.candidates(tx, months=months, limit=leads)
    judge = partial(rehearse, candidates, tried=tried, in_force=in_force, now=tx.now, most=who)
    # Thousands of judgements are worked out beside the event loop.
    rehearsal, seconds = await asyncio.to_thread(_timed, judge)
    return rehearsal, seconds / max(rehearsal.judgements, 1)


def _timed(judge: partial[Rehearsal]) -> tuple[Rehearsal, float]:
    began = thread_time()
    return judge(), thread_time() - began

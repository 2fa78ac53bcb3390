"""Trying scoring rules on leads that are here, before anybody relies on them."""

import asyncio
from functools import partial

from services.leads.domain import scoring
from services.leads.domain.rehearsal import Rehearsal, rehearse
from services.leads.domain.scoring import Scoring
from services.leads.repository import policy
from services.leads.repository import rehearsal as repository
from shared import configuration
from shared.db import Tx


async def rehearse_rules(tx: Tx, *, version: int, months: int, leads: int, who: int) -> Rehearsal:
    """Judge the latest leads by a version and by the one in force; refuses rules that do not compile."""
    draft = await configuration.version(tx, "scoring", version)
    tried = Scoring(version=version, rules=scoring.check(draft.body))
    in_force = await policy.scoring(tx)
    candidates = await repository.candidates(tx, months=months, limit=leads)
    # Thousands of judgements are worked out beside the event loop.
    return await asyncio.to_thread(
        partial(rehearse, candidates, tried=tried, in_force=in_force, now=tx.now, most=who)
    )

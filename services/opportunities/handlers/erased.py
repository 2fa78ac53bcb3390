"""Leads whose person was erased: amounts and stages stay, words that people wrote about them go."""

from collections.abc import Sequence

from services.opportunities.repository import erased as repository
from shared.consumer import Heard
from shared.contracts.leads import LeadErased
from shared.db import Tx


async def forget_words(tx: Tx, batch: Sequence[Heard[LeadErased]]) -> None:
    """Nobody can tell which of the words about a lead and its deal name the person: all of them go."""
    await repository.forget_words(tx, [heard.event.lead_id for heard in batch])

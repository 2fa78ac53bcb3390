"""Leads whose person was erased: amounts and stages stay, words that people wrote about them go."""

from collections.abc import Sequence
from uuid import UUID

from services.opportunities.domain.document import withdraw
from services.opportunities.repository import content
from services.opportunities.repository import document as documents
from services.opportunities.repository import erased as repository
from shared import outbox
from shared.consumer import Heard
from shared.contracts.leads import LeadErased
from shared.db import Tx


async def forget_words(tx: Tx, batch: Sequence[Heard[LeadErased]]) -> None:
    """Nobody can tell which of the words about a lead and its deal name the person: all of them go."""
    lead_ids = [heard.event.lead_id for heard in batch]
    await _forget_documents(tx, lead_ids)
    await repository.forget_words(tx, lead_ids)


async def _forget_documents(tx: Tx, lead_ids: Sequence[UUID]) -> None:
    """Names and contents go; a content that other documents have stays with them."""
    found = await documents.about_leads(tx, lead_ids)
    if not found:
        return
    told = [
        withdraw(document, because="erased", by=None, now=tx.now)
        for document in found
        if not document.withdrawn_because
    ]
    ids = [document.id for document in found]
    held = await content.of_documents(tx, ids)
    await documents.save(tx, [document for document, _ in told])
    await documents.forget(tx, ids)
    await content.forget(tx, held)
    await outbox.append_all(tx, told, at=tx.now)

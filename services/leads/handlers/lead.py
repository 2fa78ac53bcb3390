"""Correcting what is known of a lead."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.leads.domain import capture
from services.leads.domain.correction import as_told
from services.leads.domain.identity import keys_of
from services.leads.domain.intake import Telling, read
from services.leads.domain.lead import Lead
from services.leads.domain.refusals import HeldByAnotherLead, UnreadableValues
from services.leads.handlers.announcing import announce
from services.leads.repository import identity as identities
from services.leads.repository import lead as leads
from services.leads.repository import policy
from shared import audit
from shared.db import Tx
from shared.refusals import PreconditionFailed


async def revise_lead(
    tx: Tx,
    *,
    lead_id: UUID,
    seen: int | None,
    changes: Mapping[str, object],
    now: datetime,
) -> Lead:
    """Correct what is known of a lead; `changes` name only what is to be different."""
    held = await leads.lock(tx, lead_id)
    if seen is not None and seen != held.sequence:
        raise PreconditionFailed(sequence=held.sequence)
    told = Telling.model_construct(_fields_set=None, **{**as_told(held), **changes})
    reading, errors = read(told, channel=held.facts.channel)
    if errors:
        raise UnreadableValues(errors=errors)

    revised, events = capture.revise(held, reading, scoring=await policy.scoring(tx), now=now)

    if events:
        await _go_by_new_keys(tx, held, revised)
        await leads.save_all(tx, [revised])
        await announce(tx, [(revised, events)], now=now)
        await audit.record(
            tx,
            action="lead.revised",
            subject_kind="lead",
            subject_id=lead_id,
            after={"fields": sorted(changes)},
        )
    return revised


async def _go_by_new_keys(tx: Tx, before: Lead, after: Lead) -> None:
    """A corrected number or address is free for others, and the new one is nobody else's."""
    old = keys_of(before.facts.external, before.person)
    new = keys_of(after.facts.external, after.person)
    held = await identities.claim(tx, dict.fromkeys(sorted(new), after.id))
    if any(holder.lead_id != after.id for holder in held.values()):
        raise HeldByAnotherLead
    await identities.release(tx, after.id, [key for key in old if key not in new])

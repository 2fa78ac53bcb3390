"""Putting leads right that a wrong mapping described."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain.channel.correction import Misread, correct_all
from services.leads.domain.identity import Key, keys_of
from services.leads.domain.lead import Events, Lead
from services.leads.handlers.announcing import announce
from services.leads.repository import identity as identities
from services.leads.repository import lead as leads
from services.leads.repository import policy
from shared import audit
from shared.audit import Entry
from shared.db import Tx

Changes = Mapping[UUID, tuple[Lead, Events]]


async def correct_leads(
    tx: Tx, misread: Sequence[tuple[UUID, Misread]], *, now: datetime
) -> frozenset[UUID]:
    """Correct these leads; those left as they are because another lead goes by what they would go by."""
    known = await leads.lock_all(tx, sorted({lead_id for lead_id, _ in misread}))
    scoring = await policy.scoring(tx)

    changes = correct_all(known, misread, scoring=scoring, now=now)

    held = await _go_by_new_keys(tx, known, changes)
    done = {lead_id: change for lead_id, change in changes.items() if lead_id not in held}
    await leads.save_all(tx, [lead for lead, _ in done.values()])
    await announce(tx, list(done.values()), now=now)
    await audit.record_all(
        tx,
        [
            Entry(action="lead.corrected", subject_kind="lead", subject_id=lead_id)
            for lead_id in done
        ],
    )
    return held


async def _go_by_new_keys(tx: Tx, before: Mapping[UUID, Lead], changes: Changes) -> frozenset[UUID]:
    """Let corrected leads go by their new keys and free the old ones; who cannot have theirs."""
    old = {lead_id: set(_keys(before[lead_id])) for lead_id in changes}
    new = {lead_id: set(_keys(lead)) for lead_id, (lead, _) in changes.items()}
    asked = {key: lead_id for lead_id, keys in new.items() for key in keys - old[lead_id]}
    holders = await identities.claim(tx, dict(sorted(asked.items())))
    held = frozenset(
        lead_id
        for lead_id, keys in new.items()
        if any(key in holders and holders[key].lead_id != lead_id for key in keys)
    )
    for lead_id, keys in new.items():
        freed = keys - old[lead_id] if lead_id in held else old[lead_id] - keys
        if freed:
            await identities.release(tx, lead_id, sorted(freed))
    return held


def _keys(lead: Lead) -> tuple[Key, ...]:
    return keys_of(lead.facts.external, lead.person)

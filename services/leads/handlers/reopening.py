"""Opening leads again that had come to an end, and letting go of those that nobody hears of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain.identity import keys_of
from services.leads.domain.lead import Lead
from services.leads.domain.refusals import HeldByAnotherLead
from services.leads.domain.reopening import reopen
from services.leads.handlers.announcing import announce
from services.leads.repository import identity as identities
from services.leads.repository import lead as leads
from services.leads.repository import policy, returns
from shared import audit
from shared.db import Tx


async def reopen_lead(tx: Tx, *, lead_id: UUID, reason: str, by: UUID, now: datetime) -> Lead:
    """Work on a lead again; whoever held it last holds it still."""
    held = await leads.lock(tx, lead_id)
    scoring = await policy.scoring(tx)

    opened, events = reopen(held, reason=reason, by=by, scoring=scoring, now=now)

    await _go_by_its_keys(tx, opened)
    await leads.save_all(tx, [opened])
    await announce(tx, [(opened, events)], now=now)
    await audit.record(
        tx,
        action="lead.reopened",
        subject_kind="lead",
        subject_id=lead_id,
        before={"state": held.state, "reason": held.disqualified_for or held.outcome or ""},
        why=reason,
    )
    return opened


async def let_leads_go(tx: Tx, due: Sequence[UUID], *, now: datetime) -> None:  # noqa: ARG001
    """Whoever comes by the phone or mail of these leads from now on is a new lead."""
    await returns.let_go(tx, due)


async def _go_by_its_keys(tx: Tx, lead: Lead) -> None:
    """Whoever came since by its phone or mail is another lead: the two are for people to merge."""
    keys = keys_of(lead.facts.external, lead.person)
    held = await identities.claim(tx, dict.fromkeys(sorted(keys), lead.id))
    if any(holder.lead_id != lead.id for holder in held.values()):
        raise HeldByAnotherLead
    await returns.take_back(tx, lead.id)

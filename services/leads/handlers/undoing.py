"""Taking conversions back, together with `opportunities`, which alone knows whether a deal may go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain import undoing
from services.leads.domain.lead import Lead
from services.leads.domain.undoing import Conversion
from services.leads.handlers.announcing import announce
from services.leads.repository import contact as contacts
from services.leads.repository import conversion as conversions
from services.leads.repository import customer as customers
from services.leads.repository import lead as leads
from services.leads.repository import policy
from shared import audit, outbox
from shared.db import Tx


async def undo_conversion(
    tx: Tx, *, lead_id: UUID, why: str, by: UUID, now: datetime
) -> Conversion:
    """Undo it at once where no deal came of it; else ask whether the deal may go."""
    lead = await leads.lock(tx, lead_id)
    held = await conversions.lock(tx, lead_id)

    held, lead, events = undoing.recall(held, lead, by=by, now=now)

    await audit.record(
        tx,
        action="lead.conversion_recalled",
        subject_kind="lead",
        subject_id=lead_id,
        before={"customer_id": str(held.customer_id)},
        after={"opportunity_id": held.opportunity_id and str(held.opportunity_id)},
        why=why,
    )
    if held.opportunity_id is None:
        return await _undo(tx, held, lead, now=now)
    await conversions.save(tx, held)
    await leads.save_all(tx, [lead])
    await announce(tx, [(lead, events)], now=now)
    return held


async def follow_withdrawn(tx: Tx, deal_ids: Sequence[UUID], *, now: datetime) -> None:
    """These deals are gone: so are the conversions that they came of."""
    found = await leads.lock_all(tx, await conversions.leads_of(tx, deal_ids))
    for held in (await conversions.lock_recalled(tx, deal_ids)).values():
        await _undo(tx, held, found[held.lead_id], now=now)


async def follow_kept(tx: Tx, kept: Mapping[UUID, tuple[str, ...]]) -> None:
    """These deals have moved on: the conversions that they came of stand."""
    await leads.lock_all(tx, await conversions.leads_of(tx, list(kept)))
    for deal_id, held in (await conversions.lock_recalled(tx, list(kept))).items():
        await conversions.save(tx, undoing.keep(held, reasons=kept[deal_id]))


async def reinstate_customers(tx: Tx, deal_ids: Sequence[UUID], *, now: datetime) -> None:
    """A deal that was opened with a customer while it was being withdrawn brings it back."""
    gone = await conversions.withdrawn_customers_of(tx, deal_ids)
    found = await customers.lock_all(tx, gone) if gone else {}
    decisions = [undoing.reinstate(held, now=now) for held in found.values()]
    changes = [(held, events) for held, events in decisions if events]
    if changes:
        await customers.save_all(tx, [held for held, _ in changes])
        # A name that somebody else has taken meanwhile leads to them.
        await customers.claim_names(tx, {held.company_key: held.id for held, _ in changes})
        await outbox.append_all(tx, changes, at=now)


async def note_worked_on(tx: Tx, customer_ids: Sequence[UUID]) -> None:
    """Customers that somebody has done something about stay, whatever becomes of a conversion."""
    if customer_ids:
        await conversions.note_worked_on(tx, customer_ids)


async def _undo(tx: Tx, held: Conversion, lead: Lead, *, now: datetime) -> Conversion:
    scoring = await policy.scoring(tx)

    held, lead, events = undoing.undo(held, lead, scoring=scoring, now=now)

    await leads.save_all(tx, [lead])
    await conversions.save(tx, held)
    await announce(tx, [(lead, events)], now=now)
    async with tx.as_service():
        await conversions.lock_names(tx, held.customer_id)
        gone_contact_id = await _withdraw_contact(tx, held, now=now)
        await _withdraw_customer(tx, held, gone_contact_id=gone_contact_id, now=now)
    return held


async def _withdraw_contact(tx: Tx, made: Conversion, *, now: datetime) -> UUID | None:
    """The contact that was made goes, unless something else has happened to it; its id if it went."""
    if made.contact_id is None or not made.made_contact:
        return None
    # The customer first, as everybody does who adds a contact.
    await customers.lock(tx, made.customer_id)
    speaker = await contacts.lock(tx, made.contact_id)
    alone = await conversions.contact_is_alone(tx, made)

    speaker, events = undoing.withdraw_contact(speaker, alone=alone, by=made.recalled_by, now=now)

    if not events:
        return None
    await contacts.save_all(tx, [speaker])
    await outbox.append(tx, speaker, events, at=now)
    return speaker.id


async def _withdraw_customer(
    tx: Tx, made: Conversion, *, gone_contact_id: UUID | None, now: datetime
) -> None:
    if not made.made_customer:
        return
    account = await customers.lock(tx, made.customer_id)
    alone = await conversions.customer_is_alone(tx, made, gone_contact_id=gone_contact_id)

    account, events = undoing.withdraw_customer(account, alone=alone, by=made.recalled_by, now=now)

    if events:
        await customers.save_all(tx, [account])
        await conversions.release_names(tx, account.id)
        await outbox.append(tx, account, events, at=now)

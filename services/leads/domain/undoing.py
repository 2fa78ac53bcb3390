"""Taking a conversion back: the lead is open again, and what was made by that act alone is withdrawn."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.leads.domain import contact, customer
from services.leads.domain.contact import Contact
from services.leads.domain.conversion import ConversionPolicy
from services.leads.domain.customer import Customer
from services.leads.domain.lead import Events, Lead, judge
from services.leads.domain.refusals import BeingUndone, DealHasMovedOn, TooLateToUndo
from services.leads.domain.scoring import Scoring
from shared.aggregate import advance
from shared.contracts.leads import (
    ContactWithdrawn,
    CustomerReinstated,
    CustomerWithdrawn,
    LeadConversionRecalled,
    LeadConversionUndone,
)

State = Literal["standing", "recalled", "kept", "undone"]
"""`recalled`: `opportunities` is looking whether its deal may go. `kept`: it may not."""


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What one conversion made, and whether it stands."""

    id: UUID
    lead_id: UUID
    state_before: Literal["open", "qualified"]
    customer_id: UUID
    made_customer: bool
    contact_id: UUID | None
    made_contact: bool
    opportunity_id: UUID | None
    converted_at: datetime
    undo_until: datetime
    state: State = "standing"
    kept_for: tuple[str, ...] = ()
    """What had happened to its deal."""
    recalled_by: UUID | None = None
    recalled_at: datetime | None = None


def stand(
    id: UUID,
    before: Lead,
    after: Lead,
    *,
    account: Customer,
    speaker: Contact | None,
    policy: ConversionPolicy,
    now: datetime,
) -> Conversion:
    """Remember what a conversion made: a customer or contact whom nobody had said anything of before."""
    return Conversion(
        id=id,
        lead_id=after.id,
        state_before="qualified" if before.state == "qualified" else "open",
        customer_id=account.id,
        made_customer=account.lead_id == after.id and account.registered_at == now,
        contact_id=speaker.id if speaker else None,
        made_contact=speaker is not None and speaker.added_at == now,
        opportunity_id=after.opportunity_id,
        converted_at=now,
        undo_until=now + timedelta(hours=policy.undo_hours),
    )


def recall(
    held: Conversion, lead: Lead, *, by: UUID | None, now: datetime
) -> tuple[Conversion, Lead, Events]:
    """Ask whether its deal may go; the lead stays converted until that is answered."""
    refuse_unless_undoable(held, now=now)
    recalled = replace(held, state="recalled", recalled_by=by, recalled_at=now)
    if held.opportunity_id is None:
        return recalled, lead, ()
    said = LeadConversionRecalled(
        lead_id=lead.id, opportunity_id=held.opportunity_id, recalled_by=by, recalled_at=now
    )
    lead, events = advance(lead, said)
    return recalled, lead, events


def refuse_unless_undoable(held: Conversion, *, now: datetime) -> None:
    """Say why a conversion stands for good, or for the moment."""
    if held.state == "recalled":
        raise BeingUndone(lead_id=held.lead_id)
    if held.state == "kept":
        raise DealHasMovedOn(opportunity_id=held.opportunity_id, reasons=held.kept_for)
    if now > held.undo_until:
        raise TooLateToUndo(undo_until=held.undo_until)


def undo(
    held: Conversion, lead: Lead, *, scoring: Scoring, now: datetime
) -> tuple[Conversion, Lead, Events]:
    """The lead is what it was before, and judged by the rules of today."""
    undone = LeadConversionUndone(
        lead_id=lead.id,
        customer_id=held.customer_id,
        state=held.state_before,
        undone_by=held.recalled_by,
        undone_at=now,
    )
    lead, said = advance(
        lead,
        undone,
        state=held.state_before,
        outcome=None,
        customer_id=None,
        contact_id=None,
        opportunity_id=None,
    )
    lead, events = judge(lead, said, scoring=scoring, now=now)
    return replace(held, state="undone"), lead, events


def keep(held: Conversion, *, reasons: tuple[str, ...]) -> Conversion:
    """Its deal has moved on: the conversion stands for good."""
    return replace(held, state="kept", kept_for=reasons)


def withdraw_contact(
    held: Contact, *, alone: bool, by: UUID | None, now: datetime
) -> tuple[Contact, contact.Events]:
    """A contact that nothing else has happened to is none any more; `alone`: nothing else leads to it."""
    if held.sequence > 1 or not alone:
        return held, ()
    withdrawn = ContactWithdrawn(contact_id=held.id, withdrawn_by=by, withdrawn_at=now)
    held, events = advance(held, withdrawn, withdrawn_at=now)
    return held, events


def withdraw_customer(
    held: Customer, *, alone: bool, by: UUID | None, now: datetime
) -> tuple[Customer, customer.Events]:
    """A customer that nothing else has happened to is none any more; likewise."""
    if held.sequence > 1 or not alone:
        return held, ()
    withdrawn = CustomerWithdrawn(customer_id=held.id, withdrawn_by=by, withdrawn_at=now)
    held, events = advance(held, withdrawn, withdrawn_at=now)
    return held, events


def reinstate(held: Customer, *, now: datetime) -> tuple[Customer, customer.Events]:
    """A customer with whom a deal was opened meanwhile is one after all."""
    if held.withdrawn_at is None:
        return held, ()
    back = CustomerReinstated(customer_id=held.id, reinstated_at=now)
    held, events = advance(held, back, withdrawn_at=None)
    return held, events

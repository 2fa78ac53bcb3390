"""Owners that come with their subject, and owners given by a manager's word."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import ownership as owning
from services.opportunities.domain.ownership import (
    NotYours,
    OnlyLeads,
    OwnedSubject,
    Ownership,
    SubjectClosed,
    vacant,
)
from services.opportunities.domain.person import PersonUnavailable
from services.opportunities.domain.subjects import Routable
from services.opportunities.handlers import business_time, policies, routing
from services.opportunities.handlers.owned import audit_of
from services.opportunities.handlers.unit import sees
from services.opportunities.repository import copies, deal, person
from services.opportunities.repository import ownership as repository
from shared import audit, outbox
from shared.consumer import Heard
from shared.contracts.leads import CustomerRegistered, LeadConverted, LeadReopened
from shared.contracts.opportunities import AssignmentReason
from shared.db import Tx
from shared.ids import ownership_id
from shared.principals import Principal
from shared.refusals import NotFound

RETURNED = "lead_returned"
"""Why whoever has a lead has as long to respond as for a new one."""


async def assign_directly(
    tx: Tx,
    subjects: Sequence[OwnedSubject],
    *,
    reason: AssignmentReason,
    history: bool,
    now: datetime,
) -> None:
    """Write down owners that are known already: of an import, a conversion, a new deal."""
    if not subjects:
        return
    held = await repository.lock(tx, [ownership_id(s.kind, s.subject_id) for s in subjects])
    owners = await person.owners(tx, {subject.owner_id for subject in subjects})
    changes = []
    for subject in subjects:
        owner = owners.get(subject.owner_id)
        if owner is None:
            raise PersonUnavailable(person=subject.owner_id)
        before = held.get(ownership_id(subject.kind, subject.subject_id)) or vacant(
            subject.kind, subject.subject_id, unit_id=owner.unit_id, now=now
        )
        decision = owning.assign(before, to=owner, reason=reason, history=history, now=now)
        if decision[1]:
            changes.append((before, decision))
    added = await repository.add(
        tx, [after for before, (after, _) in changes if not before.sequence], now=now
    )
    await repository.save(tx, [after for before, (after, _) in changes if before.sequence])
    ours = [
        (before, decision) for before, decision in changes if before.sequence or before.id in added
    ]
    await outbox.append_all(tx, [decision for _, decision in ours], at=now)
    await audit.record_all(tx, [audit_of(before, decision) for before, decision in ours])


async def take_up_returned(tx: Tx, batch: Sequence[Heard[LeadReopened]], *, now: datetime) -> None:
    """Whoever still has a lead that came back is given as long to respond as for a new one."""
    returned = {heard.event.lead_id for heard in batch if not heard.event.history}
    held = await repository.lock(tx, [ownership_id("lead", lead_id) for lead_id in returned])
    owned = [before for before in held.values() if before.owner_id and before.open]
    if not owned:
        return
    rules = await policies.routing(tx)
    calendars = await business_time.calendars(tx, {before.unit_id for before in owned})
    decisions = [
        owning.take_up_again(
            before,
            respond_by=calendars[before.unit_id].add_working_time(now, rules.respond_within),
            now=now,
        )
        for before in owned
    ]
    await repository.save(tx, [after for after, _ in decisions])
    await outbox.append_all(tx, decisions, at=now)
    changes = zip(owned, decisions, strict=True)
    await audit.record_all(tx, [audit_of(was, done, why=RETURNED) for was, done in changes])


async def accept(tx: Tx, *, ownership_id: UUID, by: Principal, now: datetime) -> Ownership:
    """Its owner takes it on."""
    held = await _held(tx, ownership_id)

    after, events = owning.accept(held, by=by.id, now=now)

    if events:
        await repository.save(tx, [after])
        await outbox.append(tx, after, events, at=now)
        await audit.record_all(tx, [audit_of(held, (after, events))])
    return after


async def decline(
    tx: Tx, *, ownership_id: UUID, reason: str, by: Principal, now: datetime
) -> Ownership:
    """Its owner says why it is not for them; whoever is next has it."""
    held = await _held(tx, ownership_id)
    if held.owner_id != by.id:
        raise NotYours
    if held.subject_kind != "lead":
        raise OnlyLeads
    if not held.open:
        raise SubjectClosed
    await audit.record(
        tx,
        action="ownership.declined",
        subject_kind="ownership",
        subject_id=held.id,
        before={"owner_id": str(by.id)},
        why=reason,
    )
    async with tx.as_service():
        await routing.pass_on(tx, [held], how="declined", now=now)
        return await _held(tx, ownership_id)


async def _held(tx: Tx, ownership_id: UUID) -> Ownership:
    held = (await repository.lock(tx, [ownership_id])).get(ownership_id)
    if held is None:
        raise NotFound
    return held


async def transfer(
    tx: Tx,
    *,
    ownership_id: UUID,
    owner_id: UUID,
    reason: str,
    now: datetime,
) -> Ownership:
    """Hand a subject on to somebody within the manager's part of the organisation."""
    held = (await repository.lock(tx, [ownership_id])).get(ownership_id)
    if held is None:
        raise NotFound
    if held.subject_kind == "opportunity":
        held = replace(held, open=await _is_open(tx, held.subject_id))
    owner = (await person.active_owners(tx, [owner_id])).get(owner_id)
    if owner is None or not sees(tx, owner.unit_id):
        raise PersonUnavailable(person=owner_id)
    rules = await policies.routing(tx)
    respond_by = await business_time.deadline(tx, now, rules.respond_within, unit_id=owner.unit_id)

    after, events = owning.transfer(held, to=owner, respond_by=respond_by, now=now)

    if events:
        await repository.save(tx, [after])
        await outbox.append(tx, after, events, at=now)
        await audit.record_all(tx, [audit_of(held, (after, events), why=reason)])
        if after.subject_kind == "opportunity":
            await deal.set_owners(tx, {after.subject_id: owner})
    return after


async def _is_open(tx: Tx, deal_id: UUID) -> bool:
    """A closed deal is locked, its owner too."""
    known = await deal.lock(tx, deal_id)
    return known is None or known.status == "open"


async def give_customers_of_converted_leads(
    tx: Tx, batch: Sequence[Heard[LeadConverted]], *, now: datetime
) -> None:
    """The lead's owner keeps the customer, or it is routed anew where policy says so.

    A customer that has an owner already keeps them, whoever brought the new lead.
    """
    owned = await repository.owners_of(tx, "customer", [heard.event.customer_id for heard in batch])
    events = [heard.event for heard in batch if heard.event.customer_id not in owned]
    await routing.route(tx, await _to_reassign(tx, events), now=now)
    for history in (False, True):
        kept = [event for event in events if event.history is history and not _moves(event)]
        await _keep(tx, kept, history=history, now=now)


def _moves(event: LeadConverted) -> bool:
    return event.owner == "reassign" and not event.history


async def _to_reassign(tx: Tx, events: Sequence[LeadConverted]) -> list[Routable]:
    customers = {event.lead_id: event.customer_id for event in events if _moves(event)}
    return [
        copies.as_customer(lead, customers[lead.subject_id])
        for lead in await copies.leads_to_route(tx, customers, assign_on=None)
    ]


async def _keep(tx: Tx, events: Sequence[LeadConverted], *, history: bool, now: datetime) -> None:
    of_leads = await repository.owners_of(tx, "lead", [event.lead_id for event in events])
    wanted = {
        event.customer_id: of_leads.get(event.lead_id) or event.converted_by for event in events
    }
    await _give_customers(tx, wanted, history=history, now=now)


async def leave_customers_with_their_finders(
    tx: Tx, batch: Sequence[Heard[CustomerRegistered]], *, now: datetime
) -> None:
    """A customer that a seller registered by hand is theirs, unless somebody has it already."""
    owned = await repository.owners_of(tx, "customer", [heard.event.customer_id for heard in batch])
    for history in (False, True):
        wanted = {
            heard.event.customer_id: heard.event.wanted_owner_id
            for heard in batch
            if heard.event.history is history and heard.event.customer_id not in owned
        }
        await _give_customers(tx, wanted, history=history, now=now)


async def _give_customers(
    tx: Tx, wanted: Mapping[UUID, UUID | None], *, history: bool, now: datetime
) -> None:
    people = await person.owners(tx, {found for found in wanted.values() if found})
    await assign_directly(
        tx,
        [
            OwnedSubject(kind="customer", subject_id=customer_id, owner_id=owner_id)
            for customer_id, owner_id in wanted.items()
            if owner_id is not None and owner_id in people
        ],
        reason="kept",
        history=history,
        now=now,
    )

"""Deals of converted leads: opened once each, whatever order the events come in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.opportunities.domain import deal as deals
from services.opportunities.domain.deal import Deal, Decision
from services.opportunities.domain.ownership import OwnedSubject, Owner
from services.opportunities.domain.pipeline import STANDARD, Pipeline
from services.opportunities.domain.product import Product
from services.opportunities.handlers import business_time, collision, ownership, routing
from services.opportunities.handlers import pipeline as pipelines
from services.opportunities.repository import catalogue, copies
from services.opportunities.repository import deal as repository
from shared import outbox
from shared.calendar import Calendar
from shared.consumer import Heard
from shared.contracts.leads import DealWanted, LeadConverted
from shared.db import Tx
from shared.refusals import Conflict

FIRST_STEP = "联系客户，确认需求"
"""What comes next for a deal that nobody has planned yet."""


class NobodyToOwnIt(Conflict):
    """Lead {lead_id} was converted, but the directory has nobody who could own its opportunity.

    Define a person who leads the enterprise or is an operator, and retry.
    """


class _Wanted(NamedTuple):
    converted: LeadConverted
    deal: DealWanted


async def open_from_leads(tx: Tx, batch: Sequence[Heard[LeadConverted]], *, now: datetime) -> None:
    """Open the deals that conversions ask for, but those that are open already."""
    asked = [
        _Wanted(heard.event, heard.event.deal) for heard in batch if heard.event.deal is not None
    ]
    known = await repository.lock_all(tx, [wanted.deal.opportunity_id for wanted in asked])
    new = [wanted for wanted in asked if wanted.deal.opportunity_id not in known]
    if not new:
        return
    owners = await _owners(tx, [wanted.converted for wanted in new])
    products = await catalogue.products(tx, [w.deal.product_id for w in new if w.deal.product_id])
    standard = await pipelines.current(tx, STANDARD)
    calendars = await business_time.calendars(tx, {owner.unit_id for owner in owners.values()})

    decisions = [
        _open(
            wanted,
            products=products,
            pipeline=standard,
            owner=owners[wanted.converted.lead_id],
            calendar=calendars[owners[wanted.converted.lead_id].unit_id],
            now=now,
        )
        for wanted in new
    ]

    await repository.add(tx, [deal for deal, _ in decisions])
    await outbox.append_all(tx, decisions, at=now)
    await _note_opened(tx, [deal for deal, _ in decisions], now=now)
    for history in (False, True):
        opened = [
            OwnedSubject(kind="opportunity", subject_id=deal.id, owner_id=deal.owner_id)
            for (deal, _), wanted in zip(decisions, new, strict=True)
            if wanted.converted.history is history
        ]
        await ownership.assign_directly(tx, opened, reason="kept", history=history, now=now)
    live = [
        deal
        for (deal, _), wanted in zip(decisions, new, strict=True)
        if not wanted.converted.history
    ]
    await collision.hold_those_that_meet(tx, live, now=now)
    moving = {one.converted.lead_id for one in new if one.converted.owner == "reassign"}
    reassigned = {deal.lead_id: deal for deal in live if deal.lead_id in moving}
    if reassigned:
        await _give_by_rules(tx, reassigned, products, now=now)


async def _give_by_rules(
    tx: Tx,
    reassigned: Mapping[UUID | None, Deal],
    products: Mapping[UUID, Product],
    *,
    now: datetime,
) -> None:
    """A rule set for deals, where there is one, says who gets a deal; it comes before the customer's owner."""
    lead_ids = [lead_id for lead_id in reassigned if lead_id]
    leads = await copies.leads_to_route(tx, lead_ids, assign_on=None)
    subjects = [copies.as_deal(lead, reassigned[lead.subject_id], products) for lead in leads]
    await routing.route_deals(tx, subjects, now=now)


def _open(
    wanted: _Wanted,
    *,
    products: Mapping[UUID, Product],
    pipeline: Pipeline,
    owner: Owner,
    calendar: Calendar,
    now: datetime,
) -> Decision:
    """The deal begins when the lead was converted; what comes next is planned from today."""
    converted, deal = wanted
    return deals.open_deal(
        id=deal.opportunity_id,
        customer_id=converted.customer_id,
        contact_id=converted.contact_id,
        lead_id=converted.lead_id,
        product=products.get(deal.product_id) if deal.product_id else None,
        amount=deal.amount or None,
        currency=deal.currency,
        expected_close_on=deal.expected_close_on,
        source=deal.source,
        attributes=deal.attributes,
        next_step=FIRST_STEP,
        next_step_on=calendar.next_working_day(calendar.date_of(now), 2),
        pipeline=pipeline,
        owner=owner,
        today=calendar.date_of(converted.converted_at),
        now=converted.converted_at,
        history=converted.history,
    )


async def _owners(tx: Tx, conversions: Sequence[LeadConverted]) -> dict[UUID, Owner]:
    """The lead's owner keeps it; a reassigned one follows its customer; else whoever converted it."""
    by_lead = await repository.owners_of(tx, "lead", [event.lead_id for event in conversions])
    by_customer = await repository.owners_of(
        tx, "customer", [event.customer_id for event in conversions if event.owner == "reassign"]
    )
    people = await repository.owners_by_id(
        tx, [event.converted_by for event in conversions if event.converted_by]
    )
    last_resort = await repository.owner_of_last_resort(tx)
    owners: dict[UUID, Owner] = {}
    for event in conversions:
        owner = (
            (by_customer.get(event.customer_id) if event.owner == "reassign" else None)
            or by_lead.get(event.lead_id)
            or (people.get(event.converted_by) if event.converted_by else None)
            or last_resort
        )
        if owner is None:
            raise NobodyToOwnIt(lead_id=event.lead_id)
        owners[event.lead_id] = owner
    return owners


async def _note_opened(tx: Tx, opened: Sequence[Deal], *, now: datetime) -> None:
    blank = [""] * len(opened)
    await repository.note_moves(
        tx, opened, kind="opened", from_stages=blank, reasons=blank, by=None, at=now
    )

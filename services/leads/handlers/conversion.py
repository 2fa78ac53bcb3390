"""Making customer, contact and deal of a lead, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain import company, conversion, customer, undoing
from services.leads.domain.contact import Contact
from services.leads.domain.conversion import ConversionPolicy, Wish
from services.leads.domain.customer import Customer
from services.leads.domain.lead import Lead
from services.leads.domain.ownership import Holding
from services.leads.domain.refusals import CompanyNameMissing
from services.leads.handlers import contact as speakers
from services.leads.handlers.announcing import announce
from services.leads.repository import contact as contacts
from services.leads.repository import conversion as conversions
from services.leads.repository import customer as customers
from services.leads.repository import deal as deals
from services.leads.repository import lead as leads
from services.leads.repository import merge as merges
from services.leads.repository import ownership, policy
from shared import audit, outbox
from shared.db import Tx
from shared.ids import new_id
from shared.refusals import Refused


async def convert_lead(tx: Tx, *, lead_id: UUID, wish: Wish, by: UUID, now: datetime) -> Lead:
    """Convert a lead that the caller may see: its owner, or who leads the owner."""
    held = await leads.lock(tx, lead_id)
    return await convert_locked(tx, held, wish=wish, by=by, now=now)


async def convert_locked(
    tx: Tx,
    before: Lead,
    *,
    wish: Wish,
    by: UUID,
    history: bool = False,
    is_registered: bool = False,
    now: datetime,
) -> Lead:
    """All of it or nothing: the customer is linked or registered, the deal's id is minted here."""
    held = before
    rules = (await policy.conversion(tx)).policy_for(held)
    conversion.refuse_unless_convertible(held, policy=rules, is_registered=is_registered)
    account = await _customer_for(tx, held, wish, rules=rules, history=history, now=now)
    deal = conversion.deal_wanted(
        held,
        wish,
        opportunity_id=new_id(),
        policy=rules,
        has_open_deal=await _has_open_deal(tx, account, rules=rules),
    )
    speaker = await _contact_for(tx, held, account, rules=rules, history=history, now=now)

    held, events = conversion.convert(
        held,
        customer_id=account.id,
        contact_id=speaker.id if speaker else None,
        deal=deal,
        policy=rules,
        by=by,
        history=history,
        is_registered=is_registered,
        now=now,
    )

    await leads.save_all(tx, [held])
    made = undoing.stand(
        new_id(), before, held, account=account, speaker=speaker, policy=rules, now=now
    )
    await conversions.add(tx, made)
    await announce(tx, [(held, events)], now=now)
    await audit.record(
        tx,
        action="lead.converted",
        subject_kind="lead",
        subject_id=held.id,
        after={
            "customer_id": str(held.customer_id),
            "contact_id": held.contact_id and str(held.contact_id),
            "opportunity_id": held.opportunity_id and str(held.opportunity_id),
        },
    )
    return held


async def convert_registered(tx: Tx, registered: Mapping[UUID, UUID], *, now: datetime) -> None:
    """Convert leads of which a registration protects, where policy waits for that; by whoever made it so.

    One that cannot be converted stays as it is, and the audit says why.
    """
    found = await leads.lock_all(tx, list(registered))
    policies = await policy.conversion(tx)
    for lead_id, held in found.items():
        is_over = held.state not in ("open", "qualified")
        if is_over or policies.policy_for(held).trigger != "registered":
            continue
        try:
            async with tx.savepoint():
                await convert_locked(
                    tx, held, wish=Wish(), by=registered[lead_id], is_registered=True, now=now
                )
        except Refused as refused:
            await audit.record(
                tx,
                action="lead.not_converted",
                subject_kind="lead",
                subject_id=lead_id,
                why=refused.slug(),
            )


async def convert_many(
    tx: Tx, *, lead_ids: Sequence[UUID], wish: Wish, by: UUID, now: datetime
) -> list[Lead | Refused]:
    """Convert many leads, each for itself: what one is refused does not hold up the others."""
    outcomes: list[Lead | Refused] = []
    for lead_id in lead_ids:
        try:
            async with tx.savepoint():
                outcomes.append(await convert_lead(tx, lead_id=lead_id, wish=wish, by=by, now=now))
        except Refused as refused:
            outcomes.append(refused)
    return outcomes


async def _has_open_deal(tx: Tx, account: Customer, *, rules: ConversionPolicy) -> bool:
    """Only asked when it decides something; deals of others count, too."""
    if rules.opportunity != "unless_open":
        return False
    async with tx.as_service():
        return await deals.has_open(tx, account.id)


async def _customer_for(
    tx: Tx, held: Lead, wish: Wish, *, rules: ConversionPolicy, history: bool, now: datetime
) -> Customer:
    """The customer named, or the one the company name leads to, or a new one."""
    if wish.customer_id is not None:
        named = await customers.lock(tx, await merges.going_on(tx, "customer", wish.customer_id))
        named.refuse_gone()
        return named
    called = company.parse(wish.customer_name or held.facts.company_name)
    if not called.key:
        raise CompanyNameMissing(lead_id=held.id)
    newcomer = Customer(
        id=new_id(),
        facts=conversion.customer_from(held, name=called.shown, policy=rules),
        attributes=conversion.attributes_from(held, policy=rules),
        company_key=called.key,
        unit_id=held.unit_id,
        owner_id=held.owner_id,
        lead_id=held.id,
        registered_at=now,
    )
    async with tx.as_service():
        known = await customers.claim_names(tx, {called.key: newcomer.id})
        if known[called.key] != newcomer.id:
            return await customers.lock(tx, known[called.key])
        return await register(tx, newcomer, history=history, now=now)


async def register(tx: Tx, newcomer: Customer, *, history: bool = False, now: datetime) -> Customer:
    """Store and announce a customer whose name was claimed for it."""
    account, events = customer.register(newcomer, history=history)

    await ownership.begin(tx, [Holding.of_customer(account)])
    await customers.add_all(tx, [account])
    await outbox.append(tx, account, events, at=now)
    return account


async def _contact_for(
    tx: Tx, held: Lead, account: Customer, *, rules: ConversionPolicy, history: bool, now: datetime
) -> Contact | None:
    """The lead's person among those who speak for the customer, or a new one of them."""
    if not held.person.is_known:
        return None
    async with tx.as_service():
        for known in await contacts.of_customer(tx, account.id):
            if known.person.is_same_as(held.person):
                return known
        role, attributes = conversion.contact_from(held, policy=rules)
        newcomer = Contact(
            id=new_id(),
            customer_id=account.id,
            roles={account.id: role},
            lead_id=held.id,
            person=held.person,
            attributes=attributes,
            unit_id=account.unit_id,
            owner_id=account.owner_id,
            added_at=now,
        )
        return await speakers.store(tx, newcomer, history=history, now=now)

"""Keeping up with names and the org chart."""

from collections.abc import Sequence

from services.notifications.repository import copies
from shared.consumer import Heard
from shared.contracts.leads import (
    CustomerRegistered,
    CustomerUpdated,
    LeadCaptured,
    LeadUpdated,
)
from shared.contracts.opportunities import UnitDefined
from shared.db import Tx


async def name_leads(tx: Tx, batch: Sequence[Heard[LeadCaptured | LeadUpdated]]) -> None:
    """Remember which company is behind each lead."""
    names = {heard.event.lead_id: heard.event.facts.company_name for heard in batch}
    await copies.save_company_names(tx, names)


async def name_customers(
    tx: Tx, batch: Sequence[Heard[CustomerRegistered | CustomerUpdated]]
) -> None:
    """Remember what each customer is called."""
    names = {heard.event.customer_id: heard.event.facts.name for heard in batch}
    await copies.save_company_names(tx, names)


async def learn_units(tx: Tx, batch: Sequence[Heard[UnitDefined]]) -> None:
    """Remember who leads each unit."""
    await copies.save_unit_leads(tx, [heard.event for heard in batch])

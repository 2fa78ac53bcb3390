"""Rows of exported files of customers that come back: changed cells correct the customers they are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.leads.domain import company, customer
from services.leads.domain.correction import custom_corrections, record_named
from services.leads.domain.customer import Customer, Events
from services.leads.repository import customer as customers
from services.leads.repository import trace as traces
from services.leads.schemas.customer_import import CustomerRow
from shared import access, outbox
from shared.db import Tx
from shared.imports import RowOutcome, Run

Rows = Sequence[tuple[int, CustomerRow]]
UNKNOWN = "there is no such customer, or you may not see it"
_FACTS = ("name", "industry", "region", "level", "parent_name", "credit_code")


async def correct_customers(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> list[RowOutcome]:
    """Cells that stand otherwise than the customer are corrections; all others change nothing."""
    known = await customers.lock_all(tx, [record_named(row.external_id) for _, row in rows])
    sight = await access.sight_of(tx, run.actor_id, run.unit_id)
    outcomes: list[RowOutcome] = []
    changes: list[tuple[Customer, Events]] = []
    for number, row in rows:
        held = known.get(record_named(row.external_id))
        if held is None or not sight.shows(held.unit_id, held.owner_id):
            outcomes.append(
                RowOutcome(row=number, effect="rejected", field="external_id", reason=UNKNOWN)
            )
            continue
        change = _correct(held, row, now=now)
        outcomes.append(RowOutcome(row=number, effect="updated" if change[1] else "unchanged"))
        changes += [change] if change[1] else []
    await traces.keep_customers(tx, run.id, [one.id for one, _ in changes], now=now)
    await customers.save_all(tx, [one for one, _ in changes])
    await traces.note_records(tx, run.id, [one for one, _ in changes], now=now)
    await outbox.append_all(tx, changes, at=now)
    return outcomes


def _correct(held: Customer, row: CustomerRow, *, now: datetime) -> tuple[Customer, Events]:
    said: Mapping[str, Any] = {name: getattr(row, name) for name in _FACTS if getattr(row, name)}
    called = company.parse(said["name"])
    facts = held.facts.model_copy(update={**said, "name": called.shown})
    is_renamed = facts.name != held.facts.name
    return customer.revise(
        held,
        facts,
        company_key=(called.key or called.shown) if is_renamed else held.company_key,
        attributes={**held.attributes, **custom_corrections(held.attributes, row.attributes)},
        now=now,
    )

"""Taking customers in from files, a batch at a time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.leads.domain import company, customer, undoing
from services.leads.domain.customer import Customer, Events
from services.leads.domain.ownership import Holding
from services.leads.domain.placement import Placement
from services.leads.handlers import group
from services.leads.handlers.customer import customer_id_for
from services.leads.handlers.customer_correction import correct_customers
from services.leads.repository import customer as customers
from services.leads.repository import group as groups
from services.leads.repository import ownership, placement
from services.leads.repository import trace as traces
from services.leads.schemas.customer_import import CustomerRow
from shared import outbox
from shared.db import Tx
from shared.imports import OWN_SYSTEM, RowOutcome, Run
from shared.refusals import Refused


async def import_customers(
    tx: Tx, rows: Sequence[tuple[int, CustomerRow]], *, run: Run, now: datetime
) -> Sequence[RowOutcome]:
    """Rows become customers or correct them; one that is as it was last time is passed over.

    Rows of an export are about customers that are here: they correct them.
    """
    ours = [(number, row) for number, row in rows if row.system == OWN_SYSTEM]
    others = [(number, row) for number, row in rows if row.system != OWN_SYSTEM]
    corrected = await correct_customers(tx, ours, run=run, now=now) if ours else []
    return [*corrected, *await _register(tx, others, run=run, now=now)]


async def _register(
    tx: Tx, rows: Sequence[tuple[int, CustomerRow]], *, run: Run, now: datetime
) -> Sequence[RowOutcome]:
    placed = await placement.placement(tx, {row.unit for _, row in rows}, history=run.history)
    named = {number: _customer(row, placed, run=run, now=now) for number, row in rows}
    hashes = {named[number].id: row_hash(row) for number, row in rows}
    before = await customers.row_hashes(tx, list(hashes))
    news = [
        (number, row)
        for number, row in rows
        if before.get(named[number].id) != hashes[named[number].id]
    ]
    refused = await _refused(tx, news, named, placed)
    changed = [named[number] for number, _ in news if number not in refused]
    told = {named[number].id: row for number, row in rows}
    parents = {
        one.id: up
        for one in changed
        if (up := told[one.id].parent_in(told[one.id].system or run.system)) is not None
    }
    if parents:
        await groups.lock(tx)
    # Holdings come first: whoever takes in the same customers at this moment waits for them here.
    held = await ownership.begin(tx, [Holding.of_customer(one) for one in changed])
    known = await customers.lock_all(tx, [one.id for one in changed])

    decided = {
        one.id: _decide(one, told[one.id], known, held[one.id], history=run.history, now=now)
        for one in changed
    }
    decided, astray = await group.place_all(tx, decided, parents, history=run.history, now=now)

    await _write(tx, decided, known, hashes, run=run, now=now)
    return [
        refused.get(number)
        or _outcome(
            number,
            decided.get(one.id, (one, ())),
            is_known=one.id in known,
            astray=astray.get(one.id),
        )
        for number, one in named.items()
    ]


async def _write(
    tx: Tx,
    decided: Mapping[UUID, tuple[Customer, Events]],
    known: Mapping[UUID, Customer],
    hashes: Mapping[UUID, bytes],
    *,
    run: Run,
    now: datetime,
) -> None:
    fresh = [one for one, _ in decided.values() if one.id not in known]
    kept = [one for one, _ in decided.values() if one.id in known]
    back = [one for one in kept if known[one.id].withdrawn_at is not None]
    touched = [one for one, events in decided.values() if events]
    await traces.keep_customers(tx, run.id, list(known), now=now)
    await customers.add_all(tx, fresh)
    await customers.save_all(tx, kept)
    named = {one.company_key: one.id for one in reversed([*fresh, *back])}
    await customers.claim_names(tx, named)
    await traces.note_records(tx, run.id, touched, now=now)
    await customers.remember_rows(tx, {customer_id: hashes[customer_id] for customer_id in decided})
    await group.note_moves(tx, list(decided.values()), why="")
    await outbox.append_all(tx, [change for change in decided.values() if change[1]], at=now)


def row_hash(row: CustomerRow) -> bytes:
    """What tells whether a record has changed since it was last taken in."""
    return hashlib.sha256(row.model_dump_json().encode()).digest()


async def _refused(
    tx: Tx,
    rows: Sequence[tuple[int, CustomerRow]],
    named: Mapping[int, Customer],
    placed: Placement,
) -> dict[int, RowOutcome]:
    """Rows whose unit nobody knows, or whose unit works here already."""
    ids = [one.id for one in named.values()] if placed.live else []
    units = await placement.units_of_customers(tx, ids)
    found: dict[int, RowOutcome] = {}
    for number, row in rows:
        one = named[number]
        for error in placed.errors_in(row.unit, one.unit_id, units.get(one.id)):
            found[number] = RowOutcome(
                row=number, effect="rejected", field="unit", reason=error.reason
            )
    return found


def _customer(row: CustomerRow, placed: Placement, *, run: Run, now: datetime) -> Customer:
    """The row as the customer it is if nobody knows it yet."""
    facts = row.facts_in(row.system or run.system)
    called = company.parse(row.name)
    return Customer(
        id=customer_id_for(facts.external),
        facts=facts.model_copy(update={"name": called.shown}),
        company_key=called.key or called.shown,
        attributes=row.attributes,
        unit_id=placed.unit_of(row.unit) or run.unit_id,
        registered_at=now,
    )


def _decide(
    newcomer: Customer,
    row: CustomerRow,
    known: Mapping[UUID, Customer],
    held: Holding,
    *,
    history: bool,
    now: datetime,
) -> tuple[Customer, Events]:
    if newcomer.id not in known:
        owned = replace(newcomer, unit_id=held.unit_id, owner_id=held.owner_id)
        return customer.register(owned, history=history)
    before, back = undoing.reinstate(known[newcomer.id], now=now)
    facts = newcomer.facts
    if row.dealer is None:
        facts = facts.model_copy(update={"is_dealer": before.facts.is_dealer})
    after, events = customer.revise(
        before,
        facts,
        company_key=newcomer.company_key,
        attributes=newcomer.attributes,
        history=history,
        now=now,
    )
    return after, back + events


def _outcome(
    row: int, change: tuple[Customer, Events], *, is_known: bool, astray: Refused | None
) -> RowOutcome:
    _, events = change
    if astray is not None:
        return RowOutcome(row=row, effect="rejected", field="parent", reason=astray.message)
    if not events:
        return RowOutcome(row=row, effect="unchanged")
    return RowOutcome(row=row, effect="updated" if is_known else "created")

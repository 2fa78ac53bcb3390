"""Undoing imports of customers, a batch of their rows at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain import undone_customer
from services.leads.domain.correction import record_named
from services.leads.domain.customer import Customer, Events
from services.leads.domain.taking_back import TakingBack
from services.leads.handlers.customer import customer_id_for
from services.leads.repository import conversion as conversions
from services.leads.repository import customer as customers
from services.leads.repository import trace as traces
from services.leads.schemas.customer_import import CustomerRow
from shared import outbox
from shared.contracts.base import ExternalId
from shared.db import Tx
from shared.imports import OWN_SYSTEM, RowOutcome, Run

Rows = Sequence[tuple[int, CustomerRow]]


async def undo_customers(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Customers that the import made are withdrawn, those it changed are as before; touched ones stay."""
    import_id = run.undoes or run.id
    meant = {number: _meant(row, run) for number, row in rows}
    found = await customers.lock_all(tx, list(set(meant.values())))
    left = await traces.of_customers(tx, import_id, found)
    alone = await conversions.alone(tx, [one for one, trace in left.items() if not trace.before])
    taking_back = TakingBack[Customer](
        why_it_stays=lambda held, trace: undone_customer.why_it_stays(
            held, trace, alone=held.id in alone
        ),
        withdraw=lambda held: undone_customer.withdraw(held, by=run.actor_id, now=now),
        restore=lambda held, before: undone_customer.restore(held, before, now=now),
    )

    outcomes, changes = taking_back.of(meant, found, left)

    await _write(tx, import_id, changes, now=now)
    return outcomes


def _meant(row: CustomerRow, run: Run) -> UUID:
    """The customer that a row makes, or of an export the one that it is about."""
    if row.system == OWN_SYSTEM:
        return record_named(row.external_id)
    return customer_id_for(ExternalId(system=row.system or run.system, id=row.external_id))


async def _write(
    tx: Tx, import_id: UUID, changes: Sequence[tuple[Customer, Events]], *, now: datetime
) -> None:
    changed = [held for held, _ in changes]
    await customers.save_all(tx, changed)
    for held in changed:
        if held.withdrawn_at is not None:
            await conversions.release_names(tx, held.id)
    await customers.forget_rows(tx, [held.id for held in changed])
    await traces.forget(tx, [(held.id, import_id) for held in changed])
    await outbox.append_all(tx, [change for change in changes if change[1]], at=now)

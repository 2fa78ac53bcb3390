"""Undoing imports of contacts, a batch of their rows at a time."""

from collections.abc import Sequence
from datetime import datetime

from services.leads.domain import undone_contact
from services.leads.domain.contact import Contact
from services.leads.domain.taking_back import TakingBack
from services.leads.handlers.contact_import import contact_id_of
from services.leads.repository import contact as contacts
from services.leads.repository import conversion as conversions
from services.leads.repository import trace as traces
from services.leads.schemas.contact_import import ContactRow
from shared import outbox
from shared.db import Tx
from shared.imports import RowOutcome, Run

Rows = Sequence[tuple[int, ContactRow]]


async def undo_contacts(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Contacts that the import made are withdrawn, those it changed are as before; touched ones stay."""
    import_id = run.undoes or run.id
    meant = {number: contact_id_of(row, run) for number, row in rows}
    found = await contacts.lock_all(tx, list(set(meant.values())))
    left = await traces.of_contacts(tx, import_id, found)
    alone = await conversions.lonely(tx, [one for one, trace in left.items() if not trace.before])
    taking_back = TakingBack[Contact](
        why_it_stays=lambda held, trace: undone_contact.why_it_stays(
            held, trace, alone=held.id in alone
        ),
        withdraw=lambda held: undone_contact.withdraw(held, by=run.actor_id, now=now),
        restore=lambda held, before: undone_contact.restore(held, before, now=now),
    )

    outcomes, changes = taking_back.of(meant, found, left)

    changed = [held for held, _ in changes]
    await contacts.save_all(tx, changed)
    await traces.forget(tx, [(held.id, import_id) for held in changed])
    await outbox.append_all(tx, [change for change in changes if change[1]], at=now)
    return outcomes

"""Moving organisations within and between groups."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain import group
from services.leads.domain.customer import Customer, Events
from services.leads.domain.refusals import CustomerNotFound, StandsAbove
from services.leads.repository import customer as customers
from services.leads.repository import group as groups
from services.leads.repository import merge as merges
from shared import audit, outbox
from shared.contracts.leads import CustomerMoved
from shared.db import Tx
from shared.refusals import PreconditionFailed


async def move_customer(
    tx: Tx,
    *,
    customer_id: UUID,
    seen: int | None,
    parent_id: UUID | None,
    why: str,
    now: datetime,
) -> Customer:
    """Hang an organisation below another one that the caller may see, with all that stands below it."""
    await groups.lock(tx)
    parent = None if parent_id is None else await merges.going_on(tx, "customer", parent_id)
    known = await customers.lock_all(tx, [customer_id, *([parent] if parent else [])])
    for wanted in (customer_id, parent):
        if wanted is not None and wanted not in known:
            raise CustomerNotFound(customer_id=wanted)
        if wanted is not None:
            known[wanted].refuse_gone()
    held = known[customer_id]
    if seen is not None and seen != held.sequence:
        raise PreconditionFailed(sequence=held.sequence)
    async with tx.as_service():
        above = await groups.above(tx, [parent] if parent else [])

    moved, events = group.move(held, parent, above=above, by=tx.actor_id, now=now)

    if events:
        await customers.save_all(tx, [moved])
        await note_moves(tx, [(moved, events)], why=why)
        await outbox.append(tx, moved, events, at=now)
        await audit.record(
            tx,
            action="customer.moved",
            subject_kind="customer",
            subject_id=customer_id,
            before={"parent_id": held.parent_id and str(held.parent_id)},
            after={"parent_id": parent and str(parent)},
            why=why,
        )
    return moved


async def place_all(
    tx: Tx,
    changes: Mapping[UUID, tuple[Customer, Events]],
    parents: Mapping[UUID, UUID],
    *,
    history: bool,
    now: datetime,
) -> tuple[dict[UUID, tuple[Customer, Events]], dict[UUID, StandsAbove]]:
    """Let the customers of a batch stand below the parents that a file names; who cannot, and why."""
    placed, refused = dict(changes), dict[UUID, StandsAbove]()
    above = await groups.above(tx, list(parents.values())) if parents else {}
    for customer_id, parent_id in parents.items():
        held, said = placed[customer_id]
        try:
            moved, more = group.move(
                held, parent_id, above=above, by=tx.actor_id, history=history, now=now
            )
        except StandsAbove as no:
            refused[customer_id] = no
            continue
        placed[customer_id] = (moved, (*said, *more))
        above[customer_id] = parent_id
    return {known: change for known, change in placed.items() if known not in refused}, refused


async def note_moves(tx: Tx, changes: Sequence[tuple[Customer, Events]], *, why: str) -> None:
    """Keep the history of where organisations stood."""
    moves = [event for _, events in changes for event in events if isinstance(event, CustomerMoved)]
    if moves:
        await groups.note_moves(tx, moves, why=why)

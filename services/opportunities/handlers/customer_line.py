"""Giving product lines with customers to people."""

from datetime import datetime
from uuid import UUID

from services.opportunities.domain import customer_line
from services.opportunities.domain.activity import SubjectNotFound
from services.opportunities.domain.customer_line import (
    CustomerLine,
    Decision,
    UnknownProductLine,
    customer_line_id,
)
from services.opportunities.domain.person import PersonUnavailable
from services.opportunities.handlers.unit import sees
from services.opportunities.repository import activity as subjects
from services.opportunities.repository import customer_line as repository
from services.opportunities.repository import merged, person
from shared import audit, outbox
from shared.db import Tx
from shared.refusals import NotFound


async def assign_line(
    tx: Tx, *, customer_id: UUID, product_line: str, owner_id: UUID, reason: str, now: datetime
) -> CustomerLine:
    """Let somebody in the manager's part of the organisation answer for a line with a customer."""
    customer_id = await _seen(tx, customer_id)
    if not await repository.is_a_line(tx, product_line):
        raise UnknownProductLine(product_line=product_line)
    owner = (await person.active_owners(tx, [owner_id])).get(owner_id)
    if owner is None or not sees(tx, owner.unit_id):
        raise PersonUnavailable(person=owner_id)
    await repository.lock_new(tx, customer_id)
    async with tx.as_service():
        held = await repository.lock(tx, customer_line_id(customer_id, product_line))
    held = held or CustomerLine(
        id=customer_line_id(customer_id, product_line),
        customer_id=customer_id,
        product_line=product_line,
        unit_id=owner.unit_id,
        since=now,
    )

    decision = customer_line.assign(held, to=owner, by=tx.actor_id, now=now)

    await _save(tx, held, decision, reason=reason, now=now)
    return decision[0]


async def release_line(
    tx: Tx, *, customer_id: UUID, product_line: str, now: datetime
) -> CustomerLine:
    """Let the customer's owner answer for the line again."""
    customer_id = await _seen(tx, customer_id)
    held = await repository.lock(tx, customer_line_id(customer_id, product_line))
    if held is None:
        raise NotFound

    decision = customer_line.release(held, by=tx.actor_id, now=now)

    await _save(tx, held, decision, reason="", now=now)
    return decision[0]


async def _seen(tx: Tx, customer_id: UUID) -> UUID:
    """The customer that goes on for this one, if the caller may know of it."""
    going_on = await merged.going_on(tx, customer_id)
    if await subjects.subject(tx, "customer", going_on) is None:
        raise SubjectNotFound(subject_kind="customer", subject_id=customer_id)
    return going_on


async def _save(
    tx: Tx, before: CustomerLine, decision: Decision, *, reason: str, now: datetime
) -> None:
    after, events = decision
    if not events:
        return
    async with tx.as_service():
        await repository.save(tx, after)
    await outbox.append(tx, after, events, at=now)
    await audit.record(
        tx,
        action=events[-1].type.rpartition(".v")[0],
        subject_kind="customer",
        subject_id=after.customer_id,
        before={"owner_id": before.owner_id and str(before.owner_id)},
        after={"owner_id": after.owner_id and str(after.owner_id), "line": after.product_line},
        why=reason,
    )

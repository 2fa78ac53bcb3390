"""Customers, and the groups they form."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.leads.handlers import customer as handlers
from services.leads.handlers import group as groups
from services.leads.queries import customer as queries
from services.leads.queries import group as group_queries
from services.leads.schemas.customer import CustomerFilter, CustomerIn, CustomerOut, CustomerPatch
from services.leads.schemas.group import GroupOut, MoveOut, ParentIn
from shared.web import EVERYBODY, Actor, IfMatch, Now, Page, PageParams, Tx, allow, door, etag

router = door.router(prefix="/customers", tags=["customers"])
WORKERS = allow("seller", "team_lead", "manager", "operator", "integrator")


@router.post("", status_code=201, dependencies=[WORKERS])
async def register_customer(
    organisation: CustomerIn, response: Response, tx: Tx, actor: Actor, now: Now
) -> CustomerOut:
    """Register an organisation by hand; one that goes by this name already is refused."""
    registered = await handlers.register_customer(
        tx, facts=organisation.facts, attributes=organisation.attributes, by=actor, now=now
    )
    etag(response, registered.sequence)
    return await queries.customer(tx, registered.id)


@router.get("", dependencies=[allow(*EVERYBODY)])
async def list_customers(
    tx: Tx, page: PageParams, wanted: Annotated[CustomerFilter, Query()]
) -> Page[CustomerOut]:
    """Customers that you may see, the newest first."""
    return await queries.customer_page(tx, wanted, page)


@router.get("/{customer_id}", dependencies=[allow(*EVERYBODY)])
async def show_customer(customer_id: UUID, response: Response, tx: Tx) -> CustomerOut:
    """One customer, with its ETag."""
    shown = await queries.customer(tx, customer_id)
    etag(response, shown.sequence)
    return shown


@router.patch("/{customer_id}", dependencies=[WORKERS])
async def revise_customer(
    customer_id: UUID, patch: CustomerPatch, seen: IfMatch, response: Response, tx: Tx, now: Now
) -> CustomerOut:
    """Correct what is known of a customer; fields that are not sent stay as they are."""
    changes = patch.model_dump(exclude_none=True)
    await handlers.revise_customer(tx, customer_id=customer_id, seen=seen, changes=changes, now=now)
    return await show_customer(customer_id, response, tx)


@router.put("/{customer_id}/parent", dependencies=[WORKERS])
async def move_customer(
    customer_id: UUID, wanted: ParentIn, seen: IfMatch, response: Response, tx: Tx, now: Now
) -> CustomerOut:
    """Hang an organisation below another one of its group; what stands below it goes along."""
    await groups.move_customer(
        tx,
        customer_id=customer_id,
        seen=seen,
        parent_id=wanted.parent_id,
        why=wanted.why,
        now=now,
    )
    return await show_customer(customer_id, response, tx)


@router.get("/{customer_id}/group", dependencies=[allow(*EVERYBODY)])
async def show_group(customer_id: UUID, tx: Tx) -> GroupOut:
    """The whole group that a customer belongs to, as far as you may see it."""
    await queries.customer(tx, customer_id)
    return await group_queries.of_customer(tx, customer_id)


@router.get("/{customer_id}/moves", dependencies=[allow(*EVERYBODY)])
async def list_moves(customer_id: UUID, tx: Tx) -> list[MoveOut]:
    """Where a customer has stood, the latest move first."""
    return await group_queries.moves(tx, customer_id)

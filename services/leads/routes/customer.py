"""Customers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.leads.handlers import customer as handlers
from services.leads.queries import customer as queries
from services.leads.schemas.customer import CustomerIn, CustomerOut
from shared.web import EVERYBODY, Actor, Now, Page, PageParams, Tx, allow, door, etag

router = door.router(prefix="/customers", tags=["customers"])


@router.post(
    "",
    status_code=201,
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
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
    tx: Tx,
    page: PageParams,
    industry: Annotated[str | None, Query()] = None,
    region: Annotated[str | None, Query()] = None,
) -> Page[CustomerOut]:
    """Customers that you may see, the newest first."""
    return await queries.customer_page(tx, industry=industry, region=region, page=page)


@router.get("/{customer_id}", dependencies=[allow(*EVERYBODY)])
async def show_customer(customer_id: UUID, response: Response, tx: Tx) -> CustomerOut:
    """One customer, with its ETag."""
    shown = await queries.customer(tx, customer_id)
    etag(response, shown.sequence)
    return shown

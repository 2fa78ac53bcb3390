"""Product lines with customers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.opportunities.handlers import customer_line as handlers
from services.opportunities.queries import customer_line as queries
from services.opportunities.schemas.customer_line import CustomerLineOut, LineOwner
from services.opportunities.schemas.fields import Name
from shared.web import EVERYBODY, Now, Page, PageParams, Tx, allow, door

router = door.router(prefix="/customer-lines", tags=["ownership"])


@router.get("", response_model=Page[CustomerLineOut], dependencies=[allow(*EVERYBODY)])
async def list_lines(
    tx: Tx, page: PageParams, customer: UUID | None = None, owner: UUID | None = None
) -> Page[CustomerLineOut]:
    """Who answers for which product line with the customers you may see, the latest first."""
    lines = await queries.page(tx, page, customer_id=customer, owner_id=owner)
    return page.page(lines, sort=lambda line: (line.since, line.id))


@router.put("/owner", status_code=204, dependencies=[allow("team_lead", "manager", "operator")])
async def assign_line(body: LineOwner, tx: Tx, now: Now) -> None:
    """Let somebody answer for a product line with a customer, beside whoever owns the customer."""
    await handlers.assign_line(
        tx,
        customer_id=body.customer_id,
        product_line=body.product_line,
        owner_id=body.owner_id,
        reason=body.reason,
        now=now,
    )


@router.delete("/owner", status_code=204, dependencies=[allow("team_lead", "manager", "operator")])
async def release_line(customer: UUID, line: Annotated[Name, Query()], tx: Tx, now: Now) -> None:
    """Let the customer's owner answer for the line again."""
    await handlers.release_line(tx, customer_id=customer, product_line=line, now=now)

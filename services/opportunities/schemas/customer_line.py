"""Requests and responses about product lines with customers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.opportunities.schemas.fields import Name
from services.opportunities.schemas.ownership import NewOwner


class LineOwner(NewOwner):
    """Who shall answer for a product line with a customer, and why."""

    customer_id: UUID
    product_line: Name
    """The series of the products."""


class CustomerLineOut(BaseModel):
    """One product line with one customer, and whose it is."""

    id: UUID
    customer_id: UUID
    product_line: str
    owner_id: UUID
    owner_name: str
    unit_id: UUID
    since: datetime
    sequence: int

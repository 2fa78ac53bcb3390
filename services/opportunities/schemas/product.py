"""Requests and responses about products."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.opportunities.schemas.fields import Name
from shared.contracts.base import Currency, ExternalId, Money
from shared.web import Request

Price = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Code = Annotated[str, Field(min_length=1, max_length=200)]


class NewProduct(Request):
    """A product to put on the list."""

    code: Code
    name: Name
    series: Annotated[str, Field(max_length=200)] = ""
    list_price: Price
    currency: Currency = "CNY"
    external: ExternalId | None = None
    """Which it is in another system, if it comes from one; its id is derived from that."""


class ProductChanges(Request):
    """What is sent is changed, what is left out stays."""

    code: Code | None = None
    name: Name | None = None
    series: Annotated[str | None, Field(max_length=200)] = None
    list_price: Price | None = None
    currency: Currency | None = None
    active: bool | None = None


class ProductOut(BaseModel):
    """One product and its list price."""

    id: UUID
    code: str
    name: str
    series: str
    list_price: Money
    currency: str
    active: bool
    external: ExternalId | None
    sequence: int
    created_at: datetime

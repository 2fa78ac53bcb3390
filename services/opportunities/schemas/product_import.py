"""A row of a price list, as files have it."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import Currency
from shared.imports import Headers


class ProductRow(BaseModel):
    """One product; its code is who it is in the other system, and its name where it has no code."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[
        str, Headers("product", "产品", "产品名称"), Field(min_length=1, max_length=200)
    ]
    code: Annotated[str, Headers("sku", "产品编码", "编码"), Field(max_length=100)] = ""
    series: Annotated[str, Headers("产品系列", "系列"), Field(max_length=200)] = ""
    list_price: Annotated[
        Decimal,
        Headers("sales_price", "price", "价格", "目录价"),
        Field(ge=0, max_digits=18, decimal_places=2),
    ]
    currency: Annotated[Currency, Headers("币种")] = "CNY"
    active: Annotated[bool, Headers("在售")] = True

    @property
    def identity(self) -> str:
        """What two rows about one product share."""
        return self.code or self.name

"""Products and their list prices."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared.contracts.base import ExternalId
from shared.contracts.opportunities import ProductDefined
from shared.refusals import Conflict


class ProductCodeTaken(Conflict):
    """Another product has this code.

    Choose another code, or change the product that has it.
    """


@dataclass(frozen=True, kw_only=True)
class Product:
    """Something that can be sold."""

    id: UUID
    code: str
    name: str
    series: str = ""
    list_price: Decimal
    currency: str
    active: bool = True
    external: ExternalId | None = None
    sequence: int = 0

    def defined(self) -> ProductDefined:
        return ProductDefined(
            product_id=self.id,
            code=self.code,
            name=self.name,
            series=self.series,
            list_price=self.list_price,
            currency=self.currency,
            active=self.active,
            external=self.external,
        )

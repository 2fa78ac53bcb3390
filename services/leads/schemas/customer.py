"""Customers as callers send and see them."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.leads.domain.intake import Attributes, Line, Name, Sender
from services.leads.domain.scoring import Signal
from services.leads.schemas.credit_code import CreditCode
from shared.contracts.base import ExternalId
from shared.contracts.leads import CustomerFacts
from shared.web import Request


class CustomerIn(Request):
    """An organisation to be registered."""

    name: Name
    industry: Line = ""
    region: Line = ""
    level: Line = ""
    parent_name: Line = ""
    credit_code: CreditCode = ""
    external: Sender | None = None
    attributes: Attributes = Field(default_factory=dict)

    @property
    def facts(self) -> CustomerFacts:
        """What others may know of it."""
        external = ExternalId(**self.external.model_dump()) if self.external else None
        return CustomerFacts(
            name=self.name,
            industry=self.industry,
            region=self.region,
            level=self.level,
            parent_name=self.parent_name,
            credit_code=self.credit_code,
            external=external,
        )


class CustomerOut(BaseModel):
    """An organisation that we deal with."""

    id: UUID
    sequence: int
    name: str
    industry: str
    region: str
    level: str
    parent_name: str
    credit_code: str
    external: ExternalId | None
    attributes: dict[str, Signal]
    lead_id: UUID | None
    merged_into: UUID | None
    """The customer that goes on for this one."""
    unit_id: UUID
    owner_id: UUID | None
    registered_at: AwareDatetime

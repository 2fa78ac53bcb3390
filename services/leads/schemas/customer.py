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
    is_dealer: bool = False
    """经销商: it sells for us."""
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
            is_dealer=self.is_dealer,
            external=external,
        )


class CustomerPatch(Request):
    """What is to be different; what is not named stays."""

    name: Name | None = None
    industry: Line | None = None
    region: Line | None = None
    level: Line | None = None
    parent_name: Line | None = None
    credit_code: CreditCode | None = None
    is_dealer: bool | None = None
    attributes: Attributes | None = None


class CustomerFilter(BaseModel):
    """Which customers a list shows; newest first."""

    industry: str | None = None
    region: str | None = None
    is_dealer: bool | None = None
    parent_id: UUID | None = None
    """Only those that stand right below this one."""


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
    is_dealer: bool
    external: ExternalId | None
    attributes: dict[str, Signal]
    lead_id: UUID | None
    parent_id: UUID | None
    """The organisation of its group that it stands below."""
    merged_into: UUID | None
    """The customer that goes on for this one."""
    withdrawn_at: AwareDatetime | None
    """When the conversion that made it was undone."""
    unit_id: UUID
    owner_id: UUID | None
    registered_at: AwareDatetime

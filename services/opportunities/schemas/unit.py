"""Requests and responses about units of the org tree."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.opportunities.schemas.fields import Name, Names
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import UnitKind
from shared.web import Request

CreditCode = Annotated[str, Field(pattern=r"^([0-9A-HJ-NP-RTUWXY]{18})?$")]
"""统一社会信用代码 of a legal entity of ours."""
CLEARABLE = frozenset({"lead_person_id"})


class NewUnit(Request):
    """A unit to hang into the tree; every unit but the enterprise itself has a parent."""

    name: Name
    kind: UnitKind
    parent_id: UUID
    lead_person_id: UUID | None = None
    regions: Names = ()
    credit_code: CreditCode = ""
    external: ExternalId | None = None
    """Who it is in another system, if it comes from one; its id is derived from that."""


class UnitChanges(Request):
    """What is sent is changed, what is left out stays."""

    name: Name | None = None
    kind: UnitKind | None = None
    parent_id: UUID | None = None
    lead_person_id: UUID | None = None
    regions: Names | None = None
    credit_code: CreditCode | None = None
    active: bool | None = None


class LegalEntityOut(BaseModel):
    """One of our own legal entities, which sign contracts."""

    id: UUID
    name: str
    credit_code: str
    regions: list[str]
    created_at: datetime


class UnitOut(BaseModel):
    """One unit of the org tree."""

    id: UUID
    name: str
    kind: UnitKind
    parent_id: UUID | None
    lead_person_id: UUID | None
    regions: list[str]
    active: bool
    credit_code: str
    external: ExternalId | None
    live_since: datetime | None
    """From then on it works here, and no history is taken in for it."""
    sequence: int
    created_at: datetime

"""Requests and responses about units of the org tree."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.opportunities.schemas.fields import Name, Names
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import UnitKind
from shared.web import Request

CLEARABLE = frozenset({"lead_person_id"})


class NewUnit(Request):
    """A unit to hang into the tree; every unit but the enterprise itself has a parent."""

    name: Name
    kind: UnitKind
    parent_id: UUID
    lead_person_id: UUID | None = None
    regions: Names = ()
    external: ExternalId | None = None
    """Who it is in another system, if it comes from one; its id is derived from that."""


class UnitChanges(Request):
    """What is sent is changed, what is left out stays."""

    name: Name | None = None
    kind: UnitKind | None = None
    parent_id: UUID | None = None
    lead_person_id: UUID | None = None
    regions: Names | None = None
    active: bool | None = None


class UnitOut(BaseModel):
    """One unit of the org tree."""

    id: UUID
    name: str
    kind: UnitKind
    parent_id: UUID | None
    lead_person_id: UUID | None
    regions: list[str]
    active: bool
    external: ExternalId | None
    live_since: datetime | None
    """From then on it works here, and no history is taken in for it."""
    sequence: int
    created_at: datetime

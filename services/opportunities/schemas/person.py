"""Requests and responses about members of staff."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.opportunities.schemas.fields import Cap, Level, Name, Names, Username, Weight
from shared.contracts.base import ExternalId
from shared.contracts.opportunities import Role
from shared.web import Request

CLEARABLE = frozenset({"daily_cap", "open_cap"})
Roles = Annotated[tuple[Role, ...], Field(max_length=6)]
Mail = Annotated[str, Field(max_length=320)]


class NewPerson(Request):
    """Somebody to take on."""

    username: Username
    name: Name
    email: Mail = ""
    language: Literal["zh", "en"] = "zh"
    unit_id: UUID
    roles: Roles
    industries: Names = ()
    products: Names = ()
    """Codes of what they sell; none for everything."""
    skills: Names = ()
    languages: Names = ()
    """What they speak with customers."""
    level: Level = 1
    weight: Weight = 1.0
    daily_cap: Cap | None = None
    open_cap: Cap | None = None
    external: ExternalId | None = None
    """Who they are in another system, if they come from one; their id is derived from that."""


class PersonChanges(Request):
    """What is sent is changed, what is left out stays; a cap of null takes the cap away."""

    username: Username | None = None
    name: Name | None = None
    email: Mail | None = None
    language: Literal["zh", "en"] | None = None
    unit_id: UUID | None = None
    roles: Roles | None = None
    industries: Names | None = None
    products: Names | None = None
    skills: Names | None = None
    languages: Names | None = None
    level: Level | None = None
    weight: Weight | None = None
    daily_cap: Cap | None = None
    open_cap: Cap | None = None
    active: bool | None = None


class NewPassword(Request):
    """A password to sign in with from now on."""

    password: Annotated[str, Field(min_length=12, max_length=200)]


class PersonOut(BaseModel):
    """One member of staff."""

    id: UUID
    username: str
    name: str
    email: str
    language: Literal["zh", "en"]
    unit_id: UUID
    roles: list[Role]
    industries: list[str]
    products: list[str]
    skills: list[str]
    languages: list[str]
    level: int
    weight: float
    daily_cap: int | None
    open_cap: int | None
    active: bool
    external: ExternalId | None
    sequence: int
    created_at: datetime


class Me(BaseModel):
    """Whoever asks, and what they may do."""

    id: UUID
    kind: Literal["person", "client"]
    username: str
    name: str
    unit_id: UUID
    roles: list[Role]

"""Requests and responses about programs with API keys."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.opportunities.schemas.fields import Name
from services.opportunities.schemas.person import Roles
from shared.contracts.opportunities import Role
from shared.web import Request


class NewClient(Request):
    """A program to let in."""

    name: Name
    unit_id: UUID
    roles: Roles


class ClientChanges(Request):
    """What is sent is changed; `new_key` makes all earlier keys worthless and shows a new one."""

    name: Name | None = None
    unit_id: UUID | None = None
    roles: Roles | None = None
    active: bool | None = None
    new_key: bool = False


class ClientOut(BaseModel):
    """One program that may call."""

    id: UUID
    name: str
    unit_id: UUID
    roles: list[Role]
    key_version: int
    active: bool
    sequence: int
    created_at: datetime


class ClientWithKey(ClientOut):
    """A program and, this one time, its key: it is kept nowhere."""

    api_key: str | None = None

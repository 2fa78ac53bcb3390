"""A row of a file of contacts that goes out: made so that it can come in again and change nothing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.leads.domain.scoring import Signal
from shared.exports import Cell, FileForm, written
from shared.imports import OWN_SYSTEM

READ_BACK = ("name", "phone", "mail", "address", "notes", "role")
ONLY_SHOWN = (
    "customer_id",
    "customer_name",
    "lead_id",
    "unit_id",
    "owner_id",
    "added_at",
    "known_as",
    "masked_phone",
    "masked_mail",
)


class ContactExport(BaseModel):
    """Which contacts, how they are written, and whether everybody's phone and mail are to be seen."""

    form: Annotated[FileForm, Field(alias="format")] = "csv"
    customer_id: UUID | None = None
    reveal: bool = False
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    """Why they have to be seen; kept with who asked."""


def contact_columns(custom: Sequence[str]) -> tuple[str, ...]:
    """The header, with a column for each custom field."""
    return (
        *("external_id", "system", *READ_BACK),
        *(f"attributes.{name}" for name in custom),
        *(f"contact.{name}" for name in ONLY_SHOWN),
    )


def contact_cells(contact: Mapping[str, Any], custom: Sequence[str]) -> tuple[Cell, ...]:
    """One contact as a row below that header."""
    attributes: Mapping[str, Signal] = contact["attributes"]
    return (
        *(written(contact["id"]), OWN_SYSTEM),
        *(written(contact[name]) for name in READ_BACK),
        *(written(attributes.get(name)) for name in custom),
        *(written(contact[name]) for name in ONLY_SHOWN),
    )

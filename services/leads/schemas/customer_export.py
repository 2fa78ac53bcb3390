"""A row of a file of customers that goes out: made so that it can come in again and change nothing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from services.leads.domain.scoring import Signal
from shared.exports import Cell, FileForm, written
from shared.imports import OWN_SYSTEM

READ_BACK = ("name", "industry", "region", "level", "parent_name", "credit_code")
ONLY_SHOWN = ("external_system", "external_id", "unit_id", "owner_id", "lead_id", "registered_at")


class CustomerExport(BaseModel):
    """Which customers, and how they are written."""

    form: Annotated[FileForm, Field(alias="format")] = "csv"
    industry: str | None = None
    region: str | None = None


def customer_columns(custom: Sequence[str]) -> tuple[str, ...]:
    """The header, with a column for each custom field."""
    return (
        *("external_id", "system", *READ_BACK),
        *(f"attributes.{name}" for name in custom),
        *(f"customer.{name}" for name in ONLY_SHOWN),
    )


def customer_cells(customer: Mapping[str, Any], custom: Sequence[str]) -> tuple[Cell, ...]:
    """One customer as a row below that header."""
    attributes: Mapping[str, Signal] = customer["attributes"]
    return (
        *(written(customer["id"]), OWN_SYSTEM),
        *(written(customer[name]) for name in READ_BACK),
        *(written(attributes.get(name)) for name in custom),
        *(written(customer[name]) for name in ONLY_SHOWN),
    )

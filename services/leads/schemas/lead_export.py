"""A row of a file of leads that goes out: made so that it can come in again and change nothing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from services.leads.domain.scoring import Signal
from services.leads.schemas.lead import LeadFilter
from shared.exports import Cell, FileForm, written
from shared.imports import OWN_SYSTEM


class LeadExport(LeadFilter):
    """Which leads, how they are written, and whether everybody's phone and mail are to be seen."""

    form: Annotated[FileForm, Field(alias="format")] = "csv"
    reveal: bool = False
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    """Why they have to be seen; kept with who asked."""


READ_BACK = (
    "name",
    "phone",
    "mail",
    "company_name",
    "credit_code",
    "address",
    "source",
    "origin",
    "campaign",
    "region",
    "industry",
    "notes",
    "tags",
    "do_not_email",
    "do_not_call",
)
"""What an import corrects when it stands otherwise in the file."""
ONLY_SHOWN = (
    "state",
    "grade",
    "score",
    "channel",
    "outcome",
    "captured_at",
    "touched_at",
    "touches",
    "unit_id",
    "owner_id",
    "product_id",
    "customer_id",
    "opportunity_id",
    "disqualified_for",
    "known_as",
    "masked_phone",
    "masked_mail",
)


def columns(custom: Sequence[str]) -> tuple[str, ...]:
    """The header, with a column for each custom field."""
    return (
        "external_id",
        "system",
        *READ_BACK,
        *(f"attributes.{name}" for name in custom),
        *(f"lead.{name}" for name in ONLY_SHOWN),
    )


def cells(lead: Mapping[str, Any], custom: Sequence[str]) -> tuple[Cell, ...]:
    """One lead as a row below that header."""
    attributes: Mapping[str, Signal] = lead["attributes"]
    return (
        written(lead["id"]),
        OWN_SYSTEM,
        *(written(lead[name]) for name in READ_BACK),
        *(written(attributes.get(name)) for name in custom),
        *(written(lead[name]) for name in ONLY_SHOWN),
    )

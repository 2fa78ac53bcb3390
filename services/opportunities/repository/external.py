"""How the directory's records and the ids that other systems gave them become rows."""

from dataclasses import fields
from typing import Any

import asyncpg

from services.opportunities.domain.definition import Definition
from shared.contracts.base import ExternalId


def row_of(record: Definition) -> dict[str, Any]:
    """A record as a JSON row for `jsonb_to_recordset`, its external id in two columns."""
    row = {field.name: getattr(record, field.name) for field in fields(record)}
    known: ExternalId | None = row.pop("external", None)
    row["external_system"] = known.system if known else None
    row["external_id"] = known.id if known else None
    return row


def id_of(row: asyncpg.Record) -> ExternalId | None:
    """Who a record is in the system it came from."""
    if row["external_id"] is None:
        return None
    return ExternalId(system=row["external_system"], id=row["external_id"])

"""Responses: rows of reports, checksums, rebuilds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field

Cell: TypeAlias = str | int | float | None

ReportRow: TypeAlias = dict[str, Cell]
"""One row of a report; its keys are the report's columns, the dimension first."""


class ReportKind(BaseModel):
    """A report one may ask for."""

    name: str
    meaning: str
    columns: tuple[str, ...]
    dimensions: tuple[str, ...] = Field(description="What `by` may be")


class TableSum(BaseModel):
    """How many rows a projection has, and the MD5 over all of them in the order of their key."""

    rows: int
    checksum: str


class TableComparison(BaseModel):
    """One projection, live and built again."""

    rows: int
    live_rows: int
    live: str
    rebuilt: str
    equal: bool


class RebuildOut(BaseModel):
    """How far a rebuild has come, and at its end how each table compares."""

    id: UUID
    state: Literal["waiting", "running", "equal", "different", "failed"]
    messages_total: int = Field(
        description="Messages up to the point where the live checksums were taken"
    )
    messages_read: int
    tables: dict[str, TableComparison]
    problem: str
    asked_at: datetime
    finished_at: datetime | None


def named(dimension: str, row: Mapping[str, Cell]) -> ReportRow:
    """The row with its dimension's value under the dimension's name, in front."""
    return {dimension: row["value"], **{key: row[key] for key in row if key != "value"}}

"""A mapping suggested from the header and from what stands below it, when none was given."""

from collections.abc import Sequence
from typing import Any, get_origin

from pydantic import BaseModel

from shared.imports.hook import Headers, Importer, Looks
from shared.imports.mapping import Source
from shared.imports.refusals import ColumnsDoNotFit
from shared.imports.table import Row

_MOST = 0.8
"""The share of a column's values that must look like the field's."""


def suggest(
    header: Sequence[str], importer: Importer[Any], sample: Sequence[Row] = ()
) -> dict[str, Source]:
    """Columns whose header is a field's name or one of its other names, in any case and spacing.

    A field that no header names takes the first column left whose values look like its own.
    """
    columns = {_plain(name): name for name in reversed(header) if name}
    found: dict[str, Source] = {}
    for field in importer.row.model_fields:
        known = (columns.get(_plain(name)) for name in names_of(importer.row, field))
        if (column := next(filter(None, known), None)) is not None:
            found[field] = Source(column=column)
    found |= {name: Source(column=name) for name in header if _is_inner(importer.row, name)}
    taken = {source.column for source in found.values()}
    left = [name for name in header if name and name not in taken]
    for field in importer.row.model_fields:
        column = None if field in found else _alike(importer.row, field, left, sample)
        if column is not None:
            found[field] = Source(column=column)
            left.remove(column)
    if not found:
        raise ColumnsDoNotFit(
            problem="No column has the name of a field, and no mapping was given.",
            fields=list(importer.row.model_fields),
        )
    return found


def _is_inner(row: type[BaseModel], column: str) -> bool:
    """Whether a column is called like a member of a field that holds many: `attributes.visits`."""
    name, _, inner = column.partition(".")
    info = row.model_fields.get(name)
    return bool(inner) and info is not None and get_origin(info.annotation) is dict


def _alike(
    row: type[BaseModel], field: str, columns: Sequence[str], sample: Sequence[Row]
) -> str | None:
    looks = next(
        (part for part in row.model_fields[field].metadata if isinstance(part, Looks)), None
    )
    if looks is None:
        return None
    for column in columns:
        values = [text for row in sample if (text := row.cells.get(column, ""))]
        if values and sum(map(looks.like, values)) >= _MOST * len(values):
            return column
    return None


def names_of(row: type[BaseModel], field: str) -> tuple[str, ...]:
    """Everything a field's column may be called."""
    info = row.model_fields[field]
    others = (name for part in info.metadata if isinstance(part, Headers) for name in part.names)
    return (field, *filter(None, (info.title,)), *others)


def check_columns(
    header: Sequence[str], columns: dict[str, Source], importer: Importer[Any]
) -> None:
    """Refuse a file that lacks a column the mapping reads, or one that a field cannot do without."""
    absent = {name: field for field, source in columns.items() for name in source.read}
    missing = [name for name in absent if name not in header]
    if missing:
        raise ColumnsDoNotFit(
            problem=f"The file has no column “{missing[0]}”, which the mapping reads for "
            f"“{absent[missing[0]]}”.",
            missing=missing,
            header=list(header),
        )
    given = {name.partition(".")[0] for name in columns}
    needed = [
        name
        for name, info in importer.row.model_fields.items()
        if info.is_required() and name not in given
    ]
    if needed:
        raise ColumnsDoNotFit(
            problem=f"No column gives “{needed[0]}”, which every row needs.",
            missing=needed,
            header=list(header),
        )


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())

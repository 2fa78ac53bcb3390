"""A mapping suggested from the header, when none was given."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from shared.imports.hook import Headers, Importer
from shared.imports.mapping import Source
from shared.imports.refusals import ColumnsDoNotFit


def suggest(header: Sequence[str], importer: Importer[Any]) -> dict[str, Source]:
    """Columns whose header is a field's name or one of its other names, in any case and spacing."""
    columns = {_plain(name): name for name in reversed(header) if name}
    found: dict[str, Source] = {}
    for field in importer.row.model_fields:
        known = (columns.get(_plain(name)) for name in names_of(importer.row, field))
        if (column := next(filter(None, known), None)) is not None:
            found[field] = Source(column=column)
    if not found:
        raise ColumnsDoNotFit(
            problem="No column has the name of a field, and no mapping was given.",
            fields=list(importer.row.model_fields),
        )
    return found


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

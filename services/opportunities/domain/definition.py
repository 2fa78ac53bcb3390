"""Records of the directory are defined as a whole: the event says how they now are."""

from collections.abc import Sequence
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from shared.aggregate import advance
from shared.contracts.opportunities import AnyDirectoryEvent


class Definition(Protocol):
    """A unit, person, product or client, numbered by its definitions."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def id(self) -> UUID: ...

    @property
    def sequence(self) -> int: ...

    def defined(self) -> AnyDirectoryEvent:
        """The event that says how it is."""
        ...


D = TypeVar("D", bound=Definition)


def define(current: D | None, wanted: D) -> tuple[D, Sequence[AnyDirectoryEvent]]:
    """The record as it shall be, and its event; what is so already says nothing."""
    known = replace(wanted, sequence=current.sequence if current else 0)
    if known == current:
        return known, ()
    return advance(known, known.defined())

"""A second set of projections, and how it compares with the live one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from shared.refusals import Conflict, Forbidden, NotFound, Refused

State = Literal["waiting", "running", "equal", "different", "failed"]


class RebuildRunning(Conflict):
    """The projections are being built again already.

    Wait until that rebuild has ended, then ask for another.
    """


class UnknownRebuild(NotFound):
    """No rebuild has this id."""


class WholeEnterpriseOnly(Forbidden):
    """Only those who see the whole enterprise may compare its projections."""


class LogIncomplete(Refused):
    """The log of {topic}/{partition} begins at {begins}: what came before is no longer there.

    Run `shangji replay`, so that Kafka holds every event again.
    """


class LogReplaced(Refused):
    """The topic {topic} was made anew since the live projections last heard it.

    Wait until the consumer has caught up, then ask for another rebuild.
    """


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Up to where one partition of a topic's present incarnation has been read."""

    topic: str
    partition: int
    topic_id: UUID
    next_offset: int


@dataclass(frozen=True, kw_only=True)
class Sum:
    """How many rows a table has, and what they add up to."""

    rows: int
    checksum: str


Sums: TypeAlias = Mapping[str, Sum]
"""The projections' sums by table."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All projections at one moment, and the marks that moment stands for."""

    sums: Sums
    marks: Sequence[Mark]


@dataclass(frozen=True, kw_only=True)
class Rebuild:
    """One rebuild that somebody asked for and that has not ended yet."""

    id: UUID
    state: State
    fence: Sequence[Mark]


def verdict(live: Sums, rebuilt: Sums) -> State:
    """Whether every table came out the same."""
    return "equal" if live == rebuilt else "different"


def distance(marks: Sequence[Mark]) -> int:
    """How many messages lie before these marks."""
    return sum(mark.next_offset for mark in marks)

"""Two records become one, field by field, and two again: one shape for leads, customers and contacts.

The record that goes on takes what it lacks, and what is chosen. The other one stays as it was, out of
sight, so that undoing gives both back whatever was edited meanwhile.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain.phone import Phone
from services.leads.domain.refusals import OwnerWouldBeLost, SameRecord
from shared.contracts.base import Event

Values = Mapping[str, JsonValue]
Taken = Mapping[str, tuple[JsonValue, JsonValue]]
"""By field: what the survivor said before, and since."""


class Record(Protocol):
    """What a lead, a customer and a contact have in common."""

    @property
    def id(self) -> UUID: ...
    @property
    def sequence(self) -> int: ...
    @property
    def owner_id(self) -> UUID | None: ...


R = TypeVar("R", bound=Record)


class Kind(Protocol[R]):
    """What differs between the kinds: what they say, and how they say that they are gone."""

    def refuse(self, survivor: R, gone: R) -> None:
        """Say why these two cannot become one, or not this way round."""

    def values(self, record: R) -> dict[str, JsonValue]:
        """What can be chosen, field by field, as JSON."""
        ...

    def say(
        self, record: R, says: Values, *, beside: R, now: datetime
    ) -> tuple[R, tuple[Event, ...]]:
        """The record says this from now on; `beside` is the one that goes, or went."""
        ...

    def leave(
        self, gone: R, *, into: R, by: UUID | None, now: datetime
    ) -> tuple[R, tuple[Event, ...]]:
        """The record is out of sight from now on."""
        ...

    def come_back(
        self, gone: R, *, state: str, survivor: R, by: UUID | None, now: datetime
    ) -> tuple[R, tuple[Event, ...]]:
        """The record is one of its own again, in the state it was in."""
        ...


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two records side by side, and what the one that goes on says afterwards."""

    survivor_id: UUID
    merged_id: UUID
    mine: Values
    theirs: Values
    since: Values
    is_owner: bool = True
    """Whether whoever asks owns both, and so may read numbers and addresses."""


@dataclass(frozen=True, kw_only=True)
class Merged(Generic[R]):
    """Both records after a merge, what they say, and what was taken over."""

    survivor: R
    said: tuple[Event, ...]
    gone: R
    gone_said: tuple[Event, ...]
    taken: Taken


def compare(kind: Kind[R], survivor: R, gone: R, *, take: Collection[str]) -> tuple[Values, Values]:
    """What both say, before they are one."""
    refuse_unless_mergeable(kind, survivor, gone)
    mine = kind.values(survivor)
    return mine, chosen(mine, kind.values(gone), take=take)


def merge(
    kind: Kind[R],
    survivor: R,
    gone: R,
    *,
    take: Collection[str] = (),
    by: UUID | None,
    now: datetime,
) -> Merged[R]:
    """`survivor` goes on for both; it takes what it lacks, and of what both have what is chosen."""
    mine, since = compare(kind, survivor, gone, take=take)
    survivor, said = kind.say(survivor, since, beside=gone, now=now)
    gone, gone_said = kind.leave(gone, into=survivor, by=by, now=now)
    return Merged(
        survivor=survivor,
        said=said,
        gone=gone,
        gone_said=gone_said,
        taken={name: (mine[name], value) for name, value in since.items() if value != mine[name]},
    )


def unmerge(
    kind: Kind[R],
    survivor: R,
    gone: R,
    *,
    taken: Taken,
    state: str,
    by: UUID | None,
    now: datetime,
) -> Merged[R]:
    """Both go their own ways. What the survivor took over and still says, it gives back."""
    before = kind.values(survivor)
    survivor, said = kind.say(survivor, before | returned(before, taken), beside=survivor, now=now)
    gone, gone_said = kind.come_back(gone, state=state, survivor=survivor, by=by, now=now)
    return Merged(survivor=survivor, said=said, gone=gone, gone_said=gone_said, taken={})


def refuse_unless_mergeable(kind: Kind[R], survivor: R, gone: R) -> None:
    """Say why these two cannot become one, or not this way round."""
    if survivor.id == gone.id:
        raise SameRecord
    kind.refuse(survivor, gone)
    if survivor.owner_id is None and gone.owner_id is not None:
        raise OwnerWouldBeLost(subject_id=gone.id)


def chosen(mine: Values, theirs: Values, *, take: Collection[str]) -> dict[str, JsonValue]:
    """What the survivor says afterwards: its own, unless blank or chosen from the other."""
    return {
        name: _chosen(value, theirs[name], is_taken=name in take) for name, value in mine.items()
    }


def _chosen(own: JsonValue, other: JsonValue, *, is_taken: bool) -> JsonValue:
    """Of what has names of its own, such as attributes, each name is chosen by itself."""
    if isinstance(own, dict) and isinstance(other, dict):
        return {**own, **other} if is_taken else {**other, **own}
    return other if (is_taken and other) or not own else own


def returned(says: Values, taken: Taken) -> dict[str, JsonValue]:
    """What was taken over and not edited since, as it was before."""
    return {name: before for name, (before, since) in taken.items() if says.get(name) == since}


def phone_value(phone: Phone | None) -> JsonValue:
    """A number as JSON."""
    return [phone.number, phone.kind] if phone else None


def phone_of(value: JsonValue) -> Phone | None:
    """The number that such JSON holds."""
    match value:
        case [str(number), "mobile" | "landline" | "shared" as kind]:
            return Phone(number=number, kind=kind)
        case _:
            return None

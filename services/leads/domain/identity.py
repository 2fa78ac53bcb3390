"""When two submissions are the same lead.

A lead goes by the sender's own id, by a mobile number and by a mail address. A landline, a 400
number or a company name joins nothing: a whole building may share them.
See docs/decisions/0006-lead-identity.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from services.leads.domain import mail
from services.leads.domain.person import Person
from shared.contracts.base import ExternalId

KeyKind = Literal["external", "phone", "mail"]


class Key(NamedTuple):
    """Something that at most one lead goes by."""

    kind: KeyKind
    value: str


class Holder(NamedTuple):
    """The lead that holds a key, and whether it was claimed just now by the very batch that asks."""

    lead_id: UUID
    is_fresh: bool


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A submission that would become the lead `id` if it were the first of its keys."""

    id: UUID
    keys: tuple[Key, ...]
    """The most telling first."""


def keys_of(external: ExternalId | None, person: Person) -> tuple[Key, ...]:
    """What a lead goes by, the most telling first."""
    keys: list[Key] = []
    if external is not None:
        keys.append(external_key(external.system, external.id))
    if person.phone is not None and person.phone.is_personal:
        keys.append(Key("phone", person.phone.number))
    if person.mail:
        keys.append(Key("mail", mail.mailbox(person.mail)))
    return tuple(keys)


def external_key(system: str, id: str) -> Key:
    """The key of a record that another system names."""
    return Key("external", f"{system}\x1f{id}")


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A batch of newcomers, those who share a key standing behind the first of them."""

    newcomers: tuple[Newcomer, ...]
    leaders: tuple[UUID, ...]
    """For each newcomer the first one it shares a key with, or itself."""
    asked: Mapping[Key, UUID]
    """Which leader asks for which key, in the one order that everybody asks in: no deadlock."""


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """How a meeting ended once it was known who holds the keys."""

    leads: tuple[UUID, ...]
    """For each newcomer the lead it ends as."""
    older: frozenset[UUID]
    """Those of them that were there before."""
    moved: Mapping[Key, UUID]
    """Keys claimed for a newcomer that joined an older lead: that lead goes by them now."""


def meet(newcomers: Sequence[Newcomer]) -> Meeting:
    """Find out who is the same within the batch, before anything is asked of the database."""
    asked: dict[Key, UUID] = {}
    leaders: list[UUID] = []
    for newcomer in newcomers:
        leader = next((asked[key] for key in newcomer.keys if key in asked), newcomer.id)
        leaders.append(leader)
        for key in newcomer.keys:
            asked.setdefault(key, leader)
    return Meeting(
        newcomers=tuple(newcomers), leaders=tuple(leaders), asked=dict(sorted(asked.items()))
    )


def settle(meeting: Meeting, held: Mapping[Key, Holder]) -> Settlement:
    """Join each newcomer to the older lead that its most telling key names, or let it be new."""
    older: dict[UUID, UUID] = {}
    for newcomer, leader in zip(meeting.newcomers, meeting.leaders, strict=True):
        before = (held[key].lead_id for key in newcomer.keys if not held[key].is_fresh)
        if (lead_id := next(before, None)) is not None:
            older.setdefault(leader, lead_id)
    return Settlement(
        leads=tuple(older.get(leader, leader) for leader in meeting.leaders),
        older=frozenset(older.values()),
        moved={
            key: older[leader]
            for key, leader in meeting.asked.items()
            if leader in older and held[key].is_fresh
        },
    )

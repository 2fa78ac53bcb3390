"""Forgetting a person: what is left of their records, and how other texts that name them are told."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import unquote_plus
from uuid import UUID

import orjson

from services.leads.domain import contact as contacts
from services.leads.domain import mail
from services.leads.domain.bant import Bant
from services.leads.domain.channel import mail as mails
from services.leads.domain.contact import Contact
from services.leads.domain.lead import Events, Lead
from services.leads.domain.person import Person
from services.leads.domain.privacy import parted
from services.leads.domain.qualification import disqualify
from services.leads.domain.scoring import Signal
from shared.aggregate import advance
from shared.contracts.leads import ContactErased, LeadErased

Reason = Literal["requested", "consent_withdrawn", "no_longer_needed", "unlawful"]
"""Why a person is forgotten; words of one's own might name them."""

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BETWEEN = re.compile(r"[\s()./_-]+")
_SHORTEST_ID, _SHORTEST_NUMBER = 6, 8


class Circle(NamedTuple):
    """All records that are one person's."""

    lead_ids: frozenset[UUID]
    contact_ids: frozenset[UUID]


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What tells that a text is about a person: how they are reached, or their name beside their company's."""

    points: tuple[str, ...]
    names: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, leads: Iterable[Lead], persons: Iterable[Person]) -> "Sought":
        """What the records of a person say of them, before they are forgotten."""
        held = list(leads)
        points = {
            point
            for person in (*(lead.person for lead in held), *persons)
            for point in _points(person)
        }
        points |= {point for lead in held for point in _ids(lead.attributes)}
        names = {
            (_level(lead.person.name), _level(lead.facts.company_name))
            for lead in held
            if lead.person.name and lead.facts.company_name
        }
        return cls(points=tuple(sorted(points)), names=tuple(sorted(names)))

    def is_in(self, text: str) -> bool:
        """True when the text names the person."""
        levelled = _level(text)
        bare = _BETWEEN.sub("", levelled)
        return any(
            point in levelled or _BETWEEN.sub("", point) in bare for point in self.points
        ) or any(name in levelled and company in levelled for name, company in self.names)

    def is_in_body(self, body: bytes, content_type: str = "") -> bool:
        """True when what was sent names the person, in whatever way it was written down."""
        return any(self.is_in(text) for text in _readings(body, content_type))


def erase_lead(lead: Lead, *, by: UUID | None, now: datetime) -> tuple[Lead, Events]:
    """What is left is a company's interest, a score and an outcome. A lead that was alive is given up."""
    before: Events = ()
    if lead.is_alive:
        lead, before = disqualify(lead, reason="erased", by=by, now=now)
    lead, erased = advance(
        lead,
        LeadErased(lead_id=lead.id, erased_at=now, history=lead.history),
        person=Person(),
        attributes={},
        bant=Bant(),
        score_due_at=None,
        is_erased=True,
    )
    return lead, (*before, *erased)


def erase_contact(held: Contact, *, now: datetime) -> tuple[Contact, contacts.Events]:
    """Somebody once spoke for the customer; nobody knows who."""
    held, events = advance(held, ContactErased(contact_id=held.id, erased_at=now))
    return replace(held, person=Person(), attributes={}), events


def digest(certificate: Mapping[str, object]) -> str:
    """What tells whether a certificate was changed."""
    plain = orjson.dumps(certificate, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def _points(person: Person) -> Iterator[str]:
    if person.phone is not None and person.phone.is_personal:
        yield person.phone.number.removeprefix("+86").removeprefix("+")
    if person.mail:
        yield person.mail
        yield mail.mailbox(person.mail)


def _ids(attributes: Mapping[str, Signal]) -> Iterator[str]:
    """Names in other networks; what is short may be anybody's."""
    _, personal = parted(attributes)
    for value in personal.values():
        said = _level(f"{value:.0f}" if isinstance(value, float) else str(value))
        if len(said) >= (_SHORTEST_NUMBER if said.isdecimal() else _SHORTEST_ID):
            yield said


def _level(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _readings(body: bytes, content_type: str) -> Iterator[str]:
    text = body.decode(errors="replace")
    yield text
    yield unquote_plus(text)
    yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    yield body.decode("gb18030", errors="replace")
    if content_type.startswith(mails.MEDIA_TYPE):
        yield str(mails.parse(body))

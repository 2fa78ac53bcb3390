"""Parts that the rows of leads, customers and contacts have in common, and the person sealed in them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from asyncpg import Record

from services.leads.domain.bant import Bant
from services.leads.domain.person import Person
from services.leads.domain.phone import Phone
from services.leads.domain.privacy import parted
from services.leads.domain.scoring import Signal
from shared.contracts.base import ExternalId
from shared.db import Tx

_NO_ATTRIBUTES: Mapping[str, Signal] = MappingProxyType({})
_NO_BANT = Bant()


class Sealed(NamedTuple):
    """What one row says of a person, all of it in one sealed text."""

    person: Person = Person()
    attributes: Mapping[str, Signal] = _NO_ATTRIBUTES
    """Those that tell who it is."""
    bant: Bant = _NO_BANT
    """Who said what of a lead."""


NOBODY = Sealed()


def seal(tx: Tx, place: str, said: Sealed) -> bytes:
    """The sealed text; what is blank takes no room in it."""
    person = said.person
    known: dict[str, Any] = {
        "name": person.name,
        "phone": [person.phone.number, person.phone.kind] if person.phone else None,
        "mail": person.mail,
        "address": person.address,
        "notes": person.notes,
        "attributes": said.attributes or None,
        "bant": said.bant.model_dump(exclude_defaults=True) if said.bant.model_fields_set else None,
    }
    plain = orjson.dumps({name: value for name, value in known.items() if value})
    return tx.sealer.seal(plain, place=place)


def opened(tx: Tx, place: str, sealed: bytes | None) -> Sealed:
    """What was sealed in this place; nobody where there is no person."""
    if sealed is None:
        return NOBODY
    known = orjson.loads(tx.sealer.open(sealed, place=place))
    phone = known.get("phone")
    return Sealed(
        person=Person(
            name=known.get("name", ""),
            phone=Phone(number=phone[0], kind=phone[1]) if phone else None,
            mail=known.get("mail", ""),
            address=known.get("address", ""),
            notes=known.get("notes", ""),
        ),
        attributes=known.get("attributes", _NO_ATTRIBUTES),
        bant=Bant.model_validate(known["bant"]) if "bant" in known else _NO_BANT,
    )


def opened_row(tx: Tx, kind: str, row: Record | Mapping[str, Any]) -> Sealed:
    """What the sealed text of a row of this kind says."""
    return opened(tx, place_of(kind, row["id"]), row["sealed"])


def place_of(kind: str, id: UUID) -> str:
    """Where a sealed text belongs: in no other row does it open."""
    return f"{kind} {id}"


def sealed_columns(
    tx: Tx, place: str, person: Person, attributes: Mapping[str, Signal], bant: Bant
) -> tuple[bytes, dict[str, Signal]]:
    """The sealed text of a lead's row, and the attributes that stand beside it for all to read."""
    plain, personal = parted(attributes)
    return seal(tx, place, Sealed(person=person, attributes=personal, bant=bant)), plain


def as_text(sealed: bytes) -> str:
    """The sealed text as it stands in JSON for PostgreSQL to read."""
    return "\\x" + sealed.hex()


def external_of(row: Record) -> ExternalId | None:
    """Who the record is in the system it came from."""
    if row["external_id"] is None:
        return None
    return ExternalId(system=row["external_system"], id=row["external_id"])

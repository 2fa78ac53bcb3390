"""Parts that the rows of leads, customers and contacts have in common."""

from collections.abc import Mapping

from asyncpg import Record

from services.leads.domain.person import Person
from services.leads.domain.phone import Phone
from shared.contracts.base import ExternalId


def person_of(row: Record) -> Person:
    """The person in a row."""
    phone = Phone(number=row["phone"], kind=row["phone_kind"]) if row["phone"] else None
    return Person(
        name=row["name"],
        phone=phone,
        mail=row["mail"],
        address=row["address"],
        notes=row["notes"],
    )


def person_row(person: Person) -> Mapping[str, str | None]:
    """The columns that hold a person."""
    return {
        "name": person.name,
        "phone": person.phone.number if person.phone else None,
        "phone_kind": person.phone.kind if person.phone else None,
        "mail": person.mail,
        "address": person.address,
        "notes": person.notes,
    }


def external_of(row: Record) -> ExternalId | None:
    """Who the record is in the system it came from."""
    if row["external_id"] is None:
        return None
    return ExternalId(system=row["external_system"], id=row["external_id"])

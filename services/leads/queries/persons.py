"""How much of a person a reader gets to see."""

from collections.abc import Mapping
from typing import Any

from asyncpg import Record

from services.leads.domain import masking
from services.leads.repository.rows import Sealed, opened_row
from services.leads.schemas.privacy import person_of
from shared.db import Tx


def shown_to(tx: Tx, kind: str, row: Record | Mapping[str, Any]) -> dict[str, str | bool]:
    """Phone and mail as they are for the owner, masked for everybody else."""
    return shown(opened_row(tx, kind, row), is_owner=is_owner(tx, row))


def reachable(row: Mapping[str, Any], said: Sealed, *, openly: bool) -> dict[str, Any]:
    """The cells of a person in a file: how to reach them stands there only for those who may know it."""
    known_as = f"{row['external_system']}: {row['external_id']}" if row["external_id"] else ""
    told = {
        **person_of(said),
        "notes": said.person.notes,
        "known_as": known_as,
        "masked_phone": "",
        "masked_mail": "",
    }
    if openly:
        return {**told, "attributes": {**row["attributes"], **said.attributes}}
    masked = shown(said, is_owner=False)
    hidden = {"phone": "", "mail": "", "address": "", "attributes": row["attributes"]}
    return {**told, **hidden, "masked_phone": masked["phone"], "masked_mail": masked["mail"]}


def is_owner(tx: Tx, row: Record | Mapping[str, Any]) -> bool:
    """True when the record is the reader's own."""
    return tx.scope.person_id is not None and tx.scope.person_id == row["owner_id"]


def shown(said: Sealed, *, is_owner: bool) -> dict[str, str | bool]:
    """The part of a person that stands in every answer."""
    number = said.person.phone.number if said.person.phone else ""
    return {
        "name": said.person.name,
        "phone": number if is_owner else masking.phone(number),
        "mail": said.person.mail if is_owner else masking.mail(said.person.mail),
        "masked": not is_owner,
    }

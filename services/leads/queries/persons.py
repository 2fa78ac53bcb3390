"""How much of a person a reader gets to see."""

from collections.abc import Mapping
from typing import Any

from asyncpg import Record

from services.leads.domain import masking
from shared.db import Tx


def shown_to(tx: Tx, row: Record | Mapping[str, Any]) -> dict[str, str | bool]:
    """Phone and mail as they are for the owner, masked for everybody else."""
    is_owner = tx.scope.person_id is not None and tx.scope.person_id == row["owner_id"]
    phone, mail = row["phone"] or "", row["mail"]
    return {
        "name": row["name"],
        "phone": phone if is_owner else masking.phone(phone),
        "mail": mail if is_owner else masking.mail(mail),
        "masked": not is_owner,
    }

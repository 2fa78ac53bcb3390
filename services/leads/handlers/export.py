"""Giving records out as files: who took what, and why they had to see everything."""

from services.leads.domain.refusals import PurposeMissing, RevealNotAllowed
from shared import audit
from shared.db import Tx
from shared.principals import Principal


async def note_export(
    tx: Tx, *, kind: str, wanted: dict[str, str], reveal: bool, purpose: str, by: Principal
) -> None:
    """Write down who takes records out; all phones and mails only for those who may, with a purpose."""
    if reveal and not by.is_any("operator", "manager"):
        raise RevealNotAllowed
    if reveal and not purpose:
        raise PurposeMissing
    await audit.record(
        tx,
        action=f"{kind}.exported",
        subject_kind="person",
        subject_id=by.id,
        after={**wanted, "revealed": reveal},
        why=purpose,
    )

"""Reads the view `told`: all that the words about a notice are made of."""

from asyncpg import Record

from services.notifications.wording import Told


def told(row: Record) -> Told:
    """What a row of the view says; a name that is not known yet is blank."""
    return Told(
        kind=row["kind"],
        language=row["language"],
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        company=row["company"] or "",
        colleague=row["colleague"] or "",
        due_at=row["due_at"],
        amount=row["amount"],
        currency=row["currency"] or "",
        reasons=tuple(row["reasons"]),
    )

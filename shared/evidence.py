"""What a log may say about a failure: where, never with which values.

Messages of the database, of pydantic and of conversions quote what was sent, which may be anybody's
phone number; so the line holds types and places, and the full text is for the debug level alone.
"""

import traceback

import asyncpg
import structlog

from shared.refusals import Refused

log = structlog.get_logger()


def note(event: str, raised: BaseException, **about: object) -> None:
    """One line that is safe to keep; the full text only where debugging was asked for."""
    log.error(event, **about, **describe(raised))
    log.debug(f"{event}_in_full", exc_info=raised)


def in_short(raised: BaseException) -> str:
    """What may be kept in a table: what a rule says in full, of anything else only what it is."""
    name = type(raised).__name__
    if isinstance(raised, Refused):
        return f"{name}: {raised.message}"[:500]
    if isinstance(raised, asyncpg.PostgresError):
        return f"{name} {raised.sqlstate or ''}".strip()
    return name


def describe(raised: BaseException) -> dict[str, str | list[str]]:
    """Fields for the log: the type, the place, and what the database calls it."""
    fields: dict[str, str | list[str]] = {
        "reason": type(raised).__name__,
        "at": [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(raised.__traceback__)[-8:]
        ],
    }
    if isinstance(raised, asyncpg.PostgresError):
        fields["sqlstate"] = raised.sqlstate or ""
        fields["constraint"] = getattr(raised, "constraint_name", None) or ""
    if (cause := raised.__cause__) is not None:
        fields["cause"] = type(cause).__name__
    return fields

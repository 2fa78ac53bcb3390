"""What leads go by, as it is stored: keyed hashes of numbers and addresses, and senders' own ids as they are."""

from collections.abc import Iterable, Mapping, Sequence

from asyncpg import Record

from services.leads.domain.identity import Holder, Key
from shared.db import Tx


def marks_of(tx: Tx, keys: Iterable[Key]) -> dict[Key, str]:
    """How each key is stored, in the one order in which everybody takes them: no deadlock."""
    marks = {key: mark_of(tx, key) for key in keys}
    return dict(sorted(marks.items(), key=lambda marked: (marked[0].kind, marked[1])))


def mark_of(tx: Tx, key: Key) -> str:
    """How a key is stored. The database that holds the mark cannot tell the number from it."""
    if key.kind == "external":
        return key.value
    return tx.sealer.short_mark(key.value, place=key.kind)


def holders(marks: Mapping[Key, str], rows: Sequence[Record]) -> dict[Key, Holder]:
    """Who holds which key, by what was found of the marks."""
    held = {(row["kind"], row["value"]): Holder(row["lead_id"], row["is_fresh"]) for row in rows}
    return {key: held[key.kind, mark] for key, mark in marks.items() if (key.kind, mark) in held}

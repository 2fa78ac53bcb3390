"""How ids are made: ordered by time when they are new, derived when they come from elsewhere."""

from functools import lru_cache
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

_NAMESPACE = UUID("6c1f1c0e-3f0b-5d6a-9a51-5b7d1e0a4c11")


def new_id() -> UUID:
    """A new id, UUID version 7 (RFC 9562): later ids sort after earlier ones."""
    return uuid7()


def external_id(kind: str, system: str, id: str) -> UUID:
    """The id of a record that another system names: the same everywhere, without asking."""
    return uuid5(_NAMESPACE, f"{kind}\x1f{system}\x1f{id}")


@lru_cache(maxsize=8192)
def ownership_id(kind: str, subject_id: UUID) -> UUID:
    """The id of the one ownership that a lead, customer or deal has; a batch asks for it repeatedly."""
    return uuid5(_NAMESPACE, f"ownership\x1f{kind}\x1f{subject_id}")

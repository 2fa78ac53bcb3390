"""A second pair of eyes: which rules their author cannot put in force alone.

A service that has the kind `consent` in force says so there; without it nobody needs anybody.
"""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.configuration import store
from shared.db import Tx
from shared.refusals import Conflict

KIND = "consent"


class Consent(BaseModel):
    """The body of the kind `consent`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    second_person: tuple[str, ...] = Field(default=(), max_length=200)
    """Kinds that somebody else than the author activates; one that ends in a colon is a family."""
    alone_in: tuple[UUID, ...] = Field(default=(), max_length=1000)
    """Units whose people, and those below, may activate what they wrote themselves."""

    def asks_for(self, kind: str) -> bool:
        """True when the kind takes two."""
        family, colon, _ = kind.partition(":")
        return kind in self.second_person or (bool(colon) and family + colon in self.second_person)


class SecondPersonNeeded(Conflict):
    """Version {version} of {kind} was written by you; somebody else has to put it in force."""


async def refuse_own(tx: Tx, kind: str, version: int, *, author_id: UUID | None) -> None:
    """Refuse whoever would put their own rules in force where that takes two."""
    if tx.actor_id is None or author_id != tx.actor_id:
        return
    row = await store.in_force(tx, KIND)
    policy = Consent.model_validate(row["body"]) if row else Consent()
    if policy.asks_for(kind) and not await store.belongs_to(tx, tx.actor_id, policy.alone_in):
        raise SecondPersonNeeded(kind=kind, version=version)

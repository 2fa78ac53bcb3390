"""Tags as callers send and see them."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.leads.domain.tagging import TagKind
from shared.web import Request


class TagOut(BaseModel):
    """What was decided about one tag of a lead."""

    tag: str
    kind: TagKind
    is_on: bool
    """Off: somebody took it away by hand, or a rule that had put it on does not apply any more."""
    by_hand: bool
    set_by: UUID | None
    """Nobody, where a rule decided."""
    set_at: AwareDatetime
    rules_version: int | None


class TagRehearsalIn(Request):
    """On which leads tags are tried: the latest that the caller may see."""

    months: int = Field(default=12, ge=1, le=120)
    leads: int = Field(default=5_000, ge=1, le=20_000)
    who: int = Field(default=20, ge=0, le=200)
    """How many of those whose tags would change are named."""

"""What a duplicate check (查重) tells: that somebody is taken, by which team, by whom — or nothing.

An answer has one shape. It says nothing of how many records were found, and nothing of contacts or money.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain import company
from services.leads.domain.duplicates import Subject
from services.leads.domain.matching.fields import Fields
from services.leads.domain.matching.weighing import Decision

Disclosure = Literal["nothing", "taken", "team", "owner"]
Sure = Literal["likely", "yes"]
Taken = Literal["undisclosed", "no", "likely", "yes"]


class CheckPolicy(BaseModel):
    """What a duplicate check discloses, how often a person may ask, and when the answer comes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    discloses: Disclosure = "team"
    """Each level includes those before it; `owner` also says until when the owner is protected."""
    per_day: int = Field(default=50, ge=1, le=100_000)
    """Questions a person may ask in a day."""
    answers_after_ms: int = Field(default=50, ge=0, le=2000)
    """No answer comes sooner, so that the time it takes tells nothing."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """A record that may be whom a seller asks about, and whose it is."""

    subject: Subject
    taken: Sure
    bits: float = 0
    team: str = ""
    owner: str = ""
    owner_id: UUID | None = None
    protected_until: datetime | None = None
    has_open_deal: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What may be told."""

    taken: Taken
    team: str | None = None
    has_open_deal: bool | None = None
    owner: str | None = None
    protected_until: datetime | None = None


def best(matches: Iterable[Match]) -> Match | None:
    """The one record that an answer is about: the surest, of those the one that has an owner."""
    ranked = sorted(
        matches,
        key=lambda match: (
            match.taken == "yes",
            match.owner_id is not None,
            match.has_open_deal,
            match.bits,
            match.subject,
        ),
    )
    return ranked[-1] if ranked else None


def disclose(match: Match | None, *, policy: CheckPolicy) -> Answer:
    """As much as the policy allows."""
    if policy.discloses == "nothing":
        return Answer(taken="undisclosed")
    if match is None:
        return Answer(taken="no")
    if policy.discloses == "taken":
        return Answer(taken=match.taken)
    told = Answer(taken=match.taken, team=match.team, has_open_deal=match.has_open_deal)
    if policy.discloses == "team":
        return told
    return Answer(
        taken=told.taken,
        team=told.team,
        has_open_deal=told.has_open_deal,
        owner=match.owner,
        protected_until=match.protected_until,
    )


def certainty(asked: Fields, found: Fields, decision: Decision) -> Sure | None:
    """How sure it is that a record is whom somebody asks about; nothing where it is another."""
    if decision == "join" or _is_same_organisation(asked, found):
        return "yes"
    return "likely" if decision == "ask" else None


def _is_same_organisation(asked: Fields, found: Fields) -> bool:
    """By its number, else by its name: who asks about a company asks about all of it."""
    code = asked.get("credit_code")
    if code and found.get("credit_code"):
        return code == found["credit_code"]
    key = company.parse(str(asked.get("company_name", ""))).key
    return bool(key) and key == company.parse(str(found.get("company_name", ""))).key

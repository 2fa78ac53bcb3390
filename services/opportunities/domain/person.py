"""Members of staff: where they belong, what they may do and how much they take on."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.contracts.base import ExternalId
from shared.contracts.opportunities import PersonDefined, Role, Shift
from shared.refusals import Conflict

MOST_SENIOR = 9
"""Levels begin at 1."""


class UsernameTaken(Conflict):
    """Somebody else signs in with this name.

    Choose another username.
    """


class PersonUnavailable(Conflict):
    """Nobody active with the id {person} is within your part of the organisation."""


class LastOperator(Conflict):
    """Without {username} nobody could look after the directory any more.

    Make somebody else an operator of the enterprise first.
    """


@dataclass(frozen=True, kw_only=True)
class Person:
    """One member of staff. `weight` is their share of routed work relative to colleagues."""

    id: UUID
    username: str
    name: str
    email: str = ""
    language: Literal["zh", "en"] = "zh"
    unit_id: UUID
    roles: tuple[Role, ...]
    industries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    """Codes of what they sell; none for everything."""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """What they speak with customers."""
    level: int = 1
    shifts: tuple[Shift, ...] = ()
    """When they work; none for the hours of their unit."""
    weight: float = 1.0
    daily_cap: int | None = None
    open_cap: int | None = None
    active: bool = True
    external: ExternalId | None = None
    sequence: int = 0

    def defined(self) -> PersonDefined:
        return PersonDefined(
            person_id=self.id,
            username=self.username,
            name=self.name,
            email=self.email,
            language=self.language,
            unit_id=self.unit_id,
            roles=self.roles,
            industries=self.industries,
            products=self.products,
            skills=self.skills,
            languages=self.languages,
            level=self.level,
            shifts=self.shifts,
            weight=self.weight,
            daily_cap=self.daily_cap,
            open_cap=self.open_cap,
            active=self.active,
            external=self.external,
        )


def check_operators(current: Person, wanted: Person, *, other_operators: int) -> None:
    """Refuse to take away the last operator; nobody could give the role back."""
    was = current.active and "operator" in current.roles
    stays = wanted.active and "operator" in wanted.roles
    if was and not stays and other_operators == 0:
        raise LastOperator(username=current.username)

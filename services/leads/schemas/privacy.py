"""Persons: shown for a purpose, told what is held of them, and forgotten."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from services.leads.domain.erasure import Reason
from services.leads.domain.intake import Line
from services.leads.domain.scoring import Signal
from services.leads.repository.persons import PersonKind, Reached
from services.leads.repository.rows import Sealed
from shared.web import Request

Purpose = Annotated[Line, StringConstraints(min_length=3)]


class RevealIn(Request):
    """What the person is needed for; the owner, and whoever has the deal, need not say."""

    purpose: Purpose | None = None


class RevealOut(BaseModel):
    """How somebody is reached."""

    name: str
    phone: str
    mail: str
    address: str
    attributes: dict[str, Signal]
    """Names in other networks, and whatever else tells who it is."""
    do_not_call: bool
    do_not_email: bool

    @classmethod
    def of(cls, reached: Reached) -> "RevealOut":
        """The person as they were sealed, with their wishes."""
        return cls(
            **person_of(reached.said),
            do_not_call=reached.do_not_call,
            do_not_email=reached.do_not_email,
        )


def person_of(said: Sealed) -> dict[str, Any]:
    """What was sealed of a person, to be shown."""
    phone = said.person.phone
    return {
        "name": said.person.name,
        "phone": phone.number if phone else "",
        "mail": said.person.mail,
        "address": said.person.address,
        "attributes": dict(said.attributes),
    }


class BundleIn(Request):
    """Whose data are wanted, by any record that is theirs, and why."""

    subject_kind: PersonKind
    subject_id: UUID
    purpose: Purpose


class BundleOut(BaseModel):
    """All that is held of one person. Other services hold ids, companies and amounts, and nobody's person."""

    leads: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    touches: list[dict[str, Any]]
    submissions: list[dict[str, Any]]
    scores: list[dict[str, Any]]
    done: list[dict[str, Any]]
    """What was done with the records, by whom and when; also who was shown the person."""


class ErasureIn(Request):
    """Whom to forget, by any record that is theirs."""

    subject_kind: PersonKind
    subject_id: UUID
    reason: Reason


class ErasureOut(BaseModel):
    """What was erased, where, when and by whom: a certificate once it is finished. It holds no person."""

    id: UUID
    subject_kind: PersonKind
    subject_id: UUID
    reason: Reason
    asked_by: UUID | None
    asked_at: AwareDatetime
    lead_ids: list[UUID]
    contact_ids: list[UUID]
    erased: dict[str, int] = Field(description="Rows by what they were.")
    finished_at: AwareDatetime | None
    """Nothing while places are still looked through."""
    sha256: str | None = None
    """Of the certificate without this field, as JSON with sorted keys; nothing before it is finished."""

"""Reading what a sender tells us: every value written one way, every bad one named."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.leads.domain import company, credit_code, mail, phone, places
from services.leads.domain.person import Person
from services.leads.domain.phone import Phone
from services.leads.domain.scoring import Signal
from shared.contracts.base import ExternalId
from shared.contracts.leads import LeadFacts
from shared.refusals import FieldError


def without_nul(text: str) -> str:
    """The text, which PostgreSQL can hold."""
    if "\x00" in text:
        raise ValueError("the text holds a NUL character")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(without_nul)
]
Prose = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=10_000), AfterValidator(without_nul)
]
Name = Annotated[Line, StringConstraints(min_length=1)]
Attributes = Annotated[dict[Name, Line | bool | float], Field(max_length=100)]
"""What a sender measured, such as `total_visits`; scoring rules may ask for it."""


class Said(BaseModel):
    """What can be said of a lead, as it was said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line = ""
    phone: Line = ""
    mail: Line = ""
    company_name: Line = ""
    credit_code: Line = ""
    """统一社会信用代码 of the company."""
    address: Line = ""
    source: Line = ""
    origin: Line = ""
    campaign: Line = ""
    region: Line = ""
    industry: Line = ""
    notes: Prose = ""
    do_not_email: bool = False
    do_not_call: bool = False
    attributes: Attributes = Field(default_factory=dict)


class Sender(ExternalId):
    """Who the record is in the sender's own system; sending the same one again joins it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: Name
    id: Name


class Telling(Said):
    """What was said, by which way it came, and what the sender calls it."""

    channel: Line = ""
    """Blank: `manual` when a person enters it, `api` when a program does."""
    external: Sender | None = None
    product_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a sender sent, byte for byte."""

    id: UUID
    body: bytes
    content_type: str
    received_by: UUID | None
    """Nobody we know, when a public form sent it."""
    unit_id: UUID
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a telling comes down to: facts to publish, a person to keep, signals to score."""

    facts: LeadFacts
    person: Person
    attributes: dict[str, Signal]
    company_key: str


def read(
    told: Telling, *, channel: str, default_region: str = ""
) -> tuple[Reading, tuple[FieldError, ...]]:
    """The reading, and what in it could not be read."""
    sender = told.external
    return interpret(
        told,
        channel=channel,
        external=ExternalId(system=sender.system, id=sender.id) if sender else None,
        product_id=told.product_id,
        default_region=default_region,
    )


def interpret(
    said: Said,
    *,
    channel: str,
    external: ExternalId | None = None,
    product_id: UUID | None = None,
    default_region: str = "",
) -> tuple[Reading, tuple[FieldError, ...]]:
    """The reading of what was said by somebody who is known otherwise, such as a file's sender."""
    dialled, errors = _read_phone(said.phone)
    written_to, more = _read_mail(said.mail)
    code, yet_more = read_credit_code(said.credit_code)
    called = company.parse(said.company_name)
    reading = Reading(
        facts=LeadFacts(
            channel=channel,
            source=said.source,
            origin=said.origin,
            campaign=said.campaign,
            company_name=called.shown,
            region=said.region or _region(said.address, dialled) or default_region,
            industry=said.industry,
            product_id=product_id,
            credit_code=code,
            do_not_email=said.do_not_email,
            do_not_call=said.do_not_call,
            external=external,
        ),
        person=Person(
            name=company.tidy(said.name),
            phone=dialled,
            mail=written_to,
            address=company.tidy(said.address),
            notes=said.notes,
        ),
        attributes=dict(said.attributes),
        company_key=called.key,
    )
    return reading, errors + more + yet_more + _nobody(reading)


def read_credit_code(text: str) -> tuple[str, tuple[FieldError, ...]]:
    """The code, and what is wrong with it."""
    if not text:
        return "", ()
    code = credit_code.parse(text)
    if code is None:
        reason = "This is not a unified social credit code: 18 characters, the last a check digit"
        return "", (FieldError(pointer="/credit_code", reason=reason),)
    return code, ()


def _region(address: str, dialled: Phone | None) -> str:
    """Where an address begins, or where a landline is; a mobile may be anywhere."""
    found = places.province_in(company.tidy(address))
    return found or (places.province_of_landline(dialled.number) if dialled else "")


def _read_phone(text: str) -> tuple[Phone | None, tuple[FieldError, ...]]:
    if not text:
        return None, ()
    dialled = phone.parse(text)
    if dialled is None:
        return None, (FieldError(pointer="/phone", reason=phone.trouble(text)),)
    return dialled, ()


def _read_mail(text: str) -> tuple[str, tuple[FieldError, ...]]:
    if not text:
        return "", ()
    address = mail.parse(text)
    if address is None:
        return "", (FieldError(pointer="/mail", reason="This is not a mail address"),)
    return address, ()


def _nobody(reading: Reading) -> tuple[FieldError, ...]:
    if reading.person.is_known or reading.facts.company_name or reading.facts.external:
        return ()
    reason = "A lead needs a name, a company, a phone number, a mail address or an external id"
    return (FieldError(pointer="", reason=reason),)

"""Hosted forms: what they show, and how a robot gives itself away."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.leads.domain.channel.fields import RequiredField
from services.leads.domain.intake import Line, Prose

TRAP = "website"
"""A field that people do not see; whoever fills it in reads pages, not forms."""
Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.:-]+$", max_length=200)]


class Texts(BaseModel):
    """The same in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: Prose = ""
    en: Prose = ""


class Form(BaseModel):
    """A form on a page of ours, or on a page of somebody else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: Texts = Texts(zh="留下您的联系方式", en="Leave your contact")
    thanks: Texts = Texts(
        zh="提交成功，我们会尽快与您联系。", en="Thank you. We will be in touch soon."
    )
    language: Literal["zh", "en"] = "zh"
    """When the page does not say which."""
    fields: tuple[RequiredField, ...] = ("name", "phone", "company_name", "notes")
    """Which fields of a lead are shown, in this order; custom fields follow by their schema."""
    campaign: Line = ""
    public_url: Annotated[str, Field(pattern=r"^(https?://[^\s?#]+[^/\s?#])?$", max_length=200)] = (
        ""
    )
    """Where the world reaches this service, for QR codes; nothing means the address that was asked."""
    origins: tuple[Origin, ...] = Field(default=(), max_length=50)
    """Sites that may embed the form."""
    least_seconds: Annotated[float, Field(ge=0, le=60)] = 2
    """Nobody fills in a form faster than this."""
    most_per_minute: Annotated[int, Field(ge=1, le=10_000)] = 6
    """From one address; a booth at an exhibition shares one, so give it more."""


def robot_signs(form: Form, payload: JsonValue) -> str:
    """What gives a robot away; nothing when it may well be somebody."""
    if not isinstance(payload, dict):
        return ""
    if payload.get(TRAP):
        return "a field that people do not see was filled in"
    elapsed = payload.get("elapsed_seconds", 0)
    if not isinstance(elapsed, int | float) or elapsed < form.least_seconds:
        return "it was filled in faster than anybody can"
    return ""

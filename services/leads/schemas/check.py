"""Duplicate checks as callers send and see them."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, model_validator

from services.leads.domain.disclosure import Taken
from services.leads.domain.intake import Line
from shared.web import Request


class CheckIn(Request):
    """Whom somebody asks about. At least one of these."""

    name: Line = ""
    phone: Line = ""
    mail: Line = ""
    company_name: Line = ""
    credit_code: Line = ""

    @model_validator(mode="after")
    def _asks_about_somebody(self) -> Self:
        if not any(value for _, value in self):
            raise ValueError("say a name, a number, an address, a company or its credit code")
        return self


class CheckOut(BaseModel):
    """What may be told: always in this shape, never more than one, never a contact or an amount."""

    taken: Taken
    team: str | None
    has_open_deal: bool | None
    owner: str | None
    protected_until: AwareDatetime | None

"""Duplicate checks as callers send and see them."""

from pydantic import AwareDatetime, BaseModel

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


class CheckOut(BaseModel):
    """What may be told: always in this shape, never more than one, never a contact or an amount."""

    taken: Taken
    team: str | None
    has_open_deal: bool | None
    owner: str | None
    protected_until: AwareDatetime | None

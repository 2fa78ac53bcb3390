"""The person behind a lead or a contact: the only personal data in the whole system."""

from dataclasses import dataclass, replace
from typing import Self

from services.leads.domain import mail
from services.leads.domain.phone import Phone


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who speaks. Never leaves this service except in answers to those who may see it."""

    name: str = ""
    phone: Phone | None = None
    mail: str = ""
    address: str = ""
    notes: str = ""

    @property
    def is_known(self) -> bool:
        """True when there is somebody to talk to."""
        return bool(self.name or self.phone or self.mail)

    @property
    def told(self) -> dict[str, str]:
        """What is known, as somebody would tell it."""
        return {
            "name": self.name,
            "phone": self.phone.number if self.phone else "",
            "mail": self.mail,
            "address": self.address,
            "notes": self.notes,
        }

    def filled_from(self, other: Self) -> Self:
        """What was blank is taken from `other`; what was known stays."""
        return replace(
            self,
            name=self.name or other.name,
            phone=self.phone or other.phone,
            mail=self.mail or other.mail,
            address=self.address or other.address,
            notes=self.notes or other.notes,
        )

    def is_same_as(self, other: Self) -> bool:
        """True when a mobile or a mail address says so; a name or a switchboard never does."""
        same_mobile = (
            self.phone is not None and self.phone.is_personal and self.phone == other.phone
        )
        return same_mobile or bool(
            self.mail and mail.mailbox(self.mail) == mail.mailbox(other.mail)
        )

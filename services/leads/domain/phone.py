"""Phone numbers, written one way: E.164, with China assumed where no country is named."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers

PhoneKind = Literal["mobile", "landline", "shared"]
"""Who answers: one person, one desk, or a switchboard (400 and 800 numbers)."""

_HOME = "CN"
_EXTENSION = re.compile(r"(?:\s*(?:转|分机|ext\.?|x|#)\s*|(?<=\d{7})-)(\d{1,6})$", re.IGNORECASE)
_SHARED = frozenset(
    (
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.VOIP,
    )
)
_PERSONAL = frozenset(
    (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.PERSONAL_NUMBER)
)
"""Where a country's numbers do not tell mobiles from landlines, none of them counts as personal."""


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A number that can be dialled; an extension follows as `;ext=801` (RFC 3966)."""

    number: str
    kind: PhoneKind

    @property
    def is_personal(self) -> bool:
        """Only a mobile belongs to one person: a switchboard is shared by a whole company."""
        return self.kind == "mobile"


def parse(text: str) -> Phone | None:
    """The number somebody wrote in any of the usual ways; nothing when it cannot be one."""
    written = unicodedata.normalize("NFKC", text).strip()
    extension = _EXTENSION.search(written)
    if extension:
        written = written[: extension.start()]
    try:
        number = phonenumbers.parse(written, _HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    internal = extension[1] if extension else number.extension
    suffix = f";ext={internal}" if internal else ""
    return Phone(number=dialled + suffix, kind=_kind(number))


def _kind(number: phonenumbers.PhoneNumber) -> PhoneKind:
    type_ = phonenumbers.number_type(number)
    if type_ in _PERSONAL:
        return "mobile"
    return "shared" if type_ in _SHARED else "landline"

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
_PLAIN = re.compile(r"(?:\+86|0086)?(1\d{10})", re.ASCII)
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
    return _plain_mobile(written) or _parse(written)


def _mobiles_at_home() -> re.Pattern[str]:
    plan = phonenumbers.PhoneMetadata.metadata_for_region(_HOME)
    pattern = plan.mobile.national_number_pattern if plan and plan.mobile else None
    return re.compile(pattern or r"(?!)")


_MOBILE_AT_HOME = _mobiles_at_home()


def _plain_mobile(written: str) -> Phone | None:
    """What nearly everybody writes, told without asking for every other kind of number first."""
    plain = _PLAIN.fullmatch(written)
    if plain is None or not _MOBILE_AT_HOME.fullmatch(plain[1]):
        return None
    return Phone(number=f"+86{plain[1]}", kind="mobile")


def _parse(written: str) -> Phone | None:
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

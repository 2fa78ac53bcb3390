"""Phone numbers, written one way: E.164, with China assumed where no country is named."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers

PhoneKind = Literal["mobile", "landline", "shared"]
"""Who answers: one person, one desk, or a switchboard (400 and 800 numbers)."""

_HOME = "CN"
_EXTENSION = re.compile(
    r"(?:\s*(?:转|分机|内线|ext\.?|x|#)[\s:.]*|(?<=\d{7})[-/*,]\s*)(\d{1,6})$", re.IGNORECASE
)
_PLAIN_MOBILE = re.compile(r"(?:(?:\+86|0086)[ -]?)?(1\d\d)([ -]?)(\d{4})\2(\d{4})", re.ASCII)
_PLAIN_LANDLINE = re.compile(r"0([1-9]\d{1,2})[ -]?([2-8]\d{6,7})", re.ASCII)
_REMARK = re.compile(r"\([^()\d]+\)$")
"""Such as (微信同号)."""
_HOME_WITH_ONE_ZERO = re.compile(r"^0(?=86\D)")
_SEVERAL = re.compile(r"\d{7,}\)?\s*[/、;,|和或&]\s*\+?\(?\d{7,}")
_LOCAL = range(7, 9)
_SHORTEST_AT_HOME, _LONGEST = 10, 15
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
    written = _tidy(text)
    return _plain(written) or _parse(written)


def trouble(text: str) -> str:
    """Why what `parse` made nothing of is no number that a person could be called back on."""
    written = _tidy(text)
    digits = sum(character.isdigit() for character in written)
    if _SEVERAL.search(written):
        return "These are several phone numbers; give one of them"
    if digits > _LONGEST:
        return "A phone number has at most 15 digits"
    if digits in _LOCAL and digits >= len(written) - 2:
        return "The area code is missing"
    if digits < _SHORTEST_AT_HOME and not written.startswith(("+", "00")):
        return "A phone number has more digits than this"
    return "There is no such phone number"


def _tidy(text: str) -> str:
    written = unicodedata.normalize("NFKC", text).strip()
    return _HOME_WITH_ONE_ZERO.sub("00", _REMARK.sub("", written).replace("_", "-"))


def _at_home(kind: Literal["mobile", "fixed_line", "shared_cost", "toll_free"]) -> re.Pattern[str]:
    plan = phonenumbers.PhoneMetadata.metadata_for_region(_HOME)
    described = getattr(plan, kind)
    return re.compile(described.national_number_pattern or r"(?!)")


_MOBILES = _at_home("mobile")
_LANDLINES = _at_home("fixed_line")
_SHARED_LINES = (_at_home("shared_cost"), _at_home("toll_free"))


def _plain(written: str) -> Phone | None:
    """What nearly everybody writes, told without asking for every kind of number of every country."""
    if mobile := _PLAIN_MOBILE.fullmatch(written):
        digits = mobile[1] + mobile[3] + mobile[4]
        return Phone(number=f"+86{digits}", kind="mobile") if _MOBILES.fullmatch(digits) else None
    if landline := _PLAIN_LANDLINE.fullmatch(written):
        digits = landline[1] + landline[2]
        if _LANDLINES.fullmatch(digits) and not any(p.fullmatch(digits) for p in _SHARED_LINES):
            return Phone(number=f"+86{digits}", kind="landline")
    return None


def _parse(written: str) -> Phone | None:
    extension = _EXTENSION.search(written)
    if extension:
        written = written[: extension.start()]
    try:
        number = phonenumbers.parse(written, _HOME)
    except phonenumbers.NumberParseException:
        return None
    type_ = phonenumbers.number_type(number)
    if type_ == phonenumbers.PhoneNumberType.UNKNOWN:
        return None
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    internal = extension[1] if extension else number.extension
    suffix = f";ext={internal}" if internal else ""
    return Phone(number=dialled + suffix, kind=_kind(type_))


def _kind(type_: int) -> PhoneKind:
    if type_ in _PERSONAL:
        return "mobile"
    return "shared" if type_ in _SHARED else "landline"

"""Mail addresses, written one way."""

import re
import unicodedata

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

_LABEL = r"[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,2}"
_PLAIN = re.compile(
    rf"[a-z0-9]{{1,20}}(?:[._-][a-z0-9]{{1,20}}){{0,2}}@(?:{_LABEL}\.){{1,3}}([a-z]{{2,10}})"
)
_SPECIAL = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


def parse(text: str) -> str | None:
    """The address in lower case and NFKC; nothing when it cannot be one. Nobody is asked by DNS."""
    written = unicodedata.normalize("NFKC", text).strip()
    return _plain(written.lower()) or _parse(written)


def _plain(lowered: str) -> str | None:
    """What nearly everybody writes needs no closer look."""
    found = _PLAIN.fullmatch(lowered)
    return lowered if found and found[1] not in _SPECIAL else None


def _parse(written: str) -> str | None:
    try:
        checked = validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.casefold()

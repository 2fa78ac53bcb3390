"""Mail addresses, written one way."""

import re
import unicodedata

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

_LABEL = r"[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,2}"
_PLAIN = re.compile(
    rf"[a-z0-9]{{1,20}}(?:[._-][a-z0-9]{{1,20}}){{0,2}}@(?:{_LABEL}\.){{1,3}}([a-z]{{2,10}})"
)
_ENVELOPE = re.compile(r"(?:mailto:|[^<>]*<)([^<>]+?)>?", re.IGNORECASE)
"""As copied from a link or from a letter: `Zhang San <zhang@x.com>`."""
_TAG = re.compile(r"\+[^@]*(?=@)")
_NAMED_TWICE = {"googlemail.com": "gmail.com"}
_SPECIAL = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


def parse(text: str) -> str | None:
    """The address in lower case and NFKC; nothing when it cannot be one. Nobody is asked by DNS."""
    written = unicodedata.normalize("NFKC", text).strip()
    if found := _ENVELOPE.fullmatch(written):
        written = found[1]
    return _plain(written.lower()) or _parse(written)


def mailbox(address: str) -> str:
    """Where the address leads to: `li+news@x.com` and `li@x.com` are one, and so are Gmail's dots."""
    local, _, domain = _TAG.sub("", address).rpartition("@")
    domain = _NAMED_TWICE.get(domain, domain)
    if domain == "gmail.com":
        local = local.replace(".", "")
    return f"{local}@{domain}" if local else address


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

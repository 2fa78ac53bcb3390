"""Mail addresses, written one way."""

import unicodedata

from email_validator import EmailNotValidError, validate_email


def parse(text: str) -> str | None:
    """The address in lower case and NFKC; nothing when it cannot be one. Nobody is asked by DNS."""
    written = unicodedata.normalize("NFKC", text).strip()
    try:
        checked = validate_email(written, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.casefold()

"""What is left of personal data for those who need not see it."""

import re

HIDDEN = "***"
"""In place of a value of which not even a part is shown."""

_CHINESE = re.compile(r"\+86(\d+)")
_DIALLED_WITHOUT_ZERO = re.compile(r"1[3-9]|[48]00")


def phone(number: str) -> str:
    """`+8613812341234` becomes `138****1234`."""
    dialled, _, _ = number.partition(";")
    chinese = _CHINESE.fullmatch(dialled)
    if chinese:
        national = chinese[1]
        dialled = national if _DIALLED_WITHOUT_ZERO.match(national) else f"0{national}"
    if len(dialled) < 9:
        return "****" if dialled else ""
    return f"{dialled[:3]}****{dialled[-4:]}"


def mail(address: str) -> str:
    """`zhang@x.com` becomes `z***@x.com`."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***@{domain}" if at else ""

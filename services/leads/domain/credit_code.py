"""统一社会信用代码: the number every organisation in China has (GB 32100-2015)."""

import re
import unicodedata

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V and Z, which are easily misread."""
_FORM = re.compile(rf"[{_ALPHABET}]{{2}}\d{{6}}[{_ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_SEPARATORS = re.compile(r"[\s\-.]+")


def parse(text: str) -> str | None:
    """The code in capitals; nothing when its form or its check digit is wrong."""
    written = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not _FORM.fullmatch(written) or written[-1] != check_digit(written[:17]):
        return None
    return written


def check_digit(first: str) -> str:
    """The digit that follows the first seventeen."""
    total = sum(
        _ALPHABET.index(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)
    )
    return _ALPHABET[-total % 31]

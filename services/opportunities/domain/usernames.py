"""Names to sign in with, made from people's names."""

import re
import unicodedata
from collections.abc import Collection

from shared.pinyin import syllables

LONGEST = 48
SURNAMES = {
    "单": "shan",
    "仇": "qiu",
    "查": "zha",
    "解": "xie",
    "曾": "zeng",
    "区": "ou",
    "朴": "piao",
}
"""Family names that are read unlike the word they are written as."""


def from_name(name: str) -> str:
    """`Anna Snelling` signs in as anna.snelling, 张伟 as zhangwei."""
    latin = name if name.isascii() else _romanised(name)
    folded = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", ".", folded).strip(".")[:LONGEST].rstrip(".") or "user"


def unused(base: str, taken: Collection[str]) -> str:
    """The name itself, or with the first free number behind it."""
    if base not in taken:
        return base
    number = 2
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"


def _romanised(name: str) -> str:
    family, given = name[:1], name[1:]
    return SURNAMES.get(family, "".join(syllables(family))) + "".join(syllables(given))

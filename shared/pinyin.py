"""Chinese in Latin letters, by the commonest reading of each character.

pypinyin also knows 47,000 phrases, in which a character may be read differently. They take 45 MB in
each process, names are hardly among them, and both sides of a comparison are read alike: so they
are left out, which has to be said before it is imported.
"""

import os

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import lazy_pinyin


def syllables(text: str) -> list[str]:
    """A syllable for each Chinese character, without its tone; what lies between stays in one piece."""
    return lazy_pinyin(text)

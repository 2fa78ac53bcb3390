"""A record as it is compared: the words of each comparison."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from services.leads.domain.matching.rules import DuplicateRules
from services.leads.domain.matching.words import Words, words_of

Field = str | float | bool


class Term(NamedTuple):
    """A word in its place: 江苏 as a region is not 江苏 in a name."""

    comparison: str
    word: str

    @property
    def number(self) -> int:
        """The term as it is stored and looked up: 64 bits that do not tell the word."""
        return _number_of(self.comparison, self.word)


@lru_cache(maxsize=65536)
def _number_of(comparison: str, word: str) -> int:
    digest = blake2b(f"{comparison}\x1f{word}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """The words of a record by comparison; a comparison about which nothing was said is missing."""

    words: Mapping[str, Words]

    def terms(self) -> Iterator[Term]:
        """Every word in its place, and each set of several words as a whole."""
        for comparison, words in self.words.items():
            yield from (Term(comparison, word) for word in words)
            if len(words) > 1:
                yield Term(comparison, whole_of(words))


def whole_of(words: Words) -> str:
    """All words as one: 王小明 is much rarer than 王 and 小明."""
    return " ".join(sorted(words))


def portray(fields: Mapping[str, Field], *, rules: DuplicateRules) -> Portrait:
    """The record whose fields are these, as the rules read it."""
    read = {
        comparison.name: words_of(comparison.read_as, _text(fields.get(comparison.field, "")))
        for comparison in rules.comparisons
    }
    return Portrait(words={name: words for name, words in read.items() if words})


def _text(value: Field) -> str:
    """Numbers of files come as floats: 4011.0 is 4011."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

"""Which encoding a text is in: UTF-8, UTF-16 or GB18030 (which contains GBK and GB2312)."""

import codecs

from shared.imports.content import Spool
from shared.imports.refusals import UnreadableFile

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENOUGH = 200_000
"""Lines looked at: a file that has not shown its encoding by then is plain ASCII so far."""
_LONGEST = 1024 * 1024


def named(name: str) -> str:
    """The encoding a mapping asks for; refuses one that does not exist."""
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise UnreadableFile(problem=f"There is no encoding called {name!r}.") from error


def detect(spool: Spool) -> str:
    """The encoding that reads the most lines, refusing text that none reads."""
    head = spool.read(4096)
    spool.seek(0)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if (wide := _utf16_without_mark(head)) is not None:
        return wide
    return _narrow(spool)


def _utf16_without_mark(head: bytes) -> str | None:
    """Delimiters and digits are ASCII everywhere: in UTF-16 every other byte of theirs is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 20 and even == 0:
        return "utf-16-le"
    if even > len(head) // 20 and odd == 0:
        return "utf-16-be"
    return None


def _narrow(spool: Spool) -> str:
    """A few bad lines do not decide: they become rejected rows, the others are read."""
    lines = 0
    good = {"utf-8": 0, "gb18030": 0}
    bad = {"utf-8": 0, "gb18030": 0}
    while lines < _ENOUGH and (line := spool.readline(_LONGEST)):
        lines += 1
        if line.isascii():
            continue
        for encoding in good:
            (good if _reads(line, encoding) else bad)[encoding] += 1
    spool.seek(0)
    if bad["utf-8"] <= good["utf-8"]:
        return "utf-8"
    if bad["gb18030"] <= good["gb18030"]:
        return "gb18030"
    if bad["utf-8"] * 2 > lines:
        raise UnreadableFile(problem="The text is neither UTF-8 nor UTF-16 nor GB18030 (GBK).")
    return "utf-8"


def _reads(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return len(line) == _LONGEST  # cut in the middle of a character, perhaps
    return True

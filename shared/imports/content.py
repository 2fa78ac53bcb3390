"""What a file is, by its content: never by its name."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO

from shared.imports.refusals import UnreadableFile

MAX_UNPACKED = 512 * 1024 * 1024
MAX_WORKBOOK = 256 * 1024 * 1024
IN_MEMORY = 8 * 1024 * 1024
PIECE = 1024 * 1024

Spool = IO[bytes]

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "This is an Excel file of the old kind (.xls) or one with a password."),
    (b"%PDF", "This is a PDF document."),
    (b"\x89PNG", "This is a picture (PNG)."),
    (b"\xff\xd8\xff", "This is a picture (JPEG)."),
    (b"7z\xbc\xaf\x27\x1c", "This is a 7z archive."),
    (b"Rar!", "This is a RAR archive."),
)


def unpack(chunks: Iterable[bytes]) -> Spool:
    """The file's bytes as one seekable spool, without gzip around them."""
    spool = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - its reader closes it
    try:
        _fill(spool, chunks)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


def _fill(spool: Spool, chunks: Iterable[bytes]) -> None:
    pieces = iter(chunks)
    first = next(pieces, b"")
    if first.startswith(b"\x1f\x8b"):
        _gunzip(spool, first, pieces)
        return
    spool.write(first)
    for piece in pieces:
        spool.write(piece)


def _gunzip(spool: Spool, first: bytes, rest: Iterable[bytes]) -> None:
    """Unpack as it comes, one member after another, and stop at the cap: a bomb never unfolds."""
    member = zlib.decompressobj(wbits=31)
    for piece in _chain(first, rest):
        waiting = piece
        while waiting:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
            try:
                spool.write(member.decompress(waiting, PIECE))
            except zlib.error as error:
                raise UnreadableFile(problem=f"The gzip file is damaged: {error}.") from error
            if spool.tell() > MAX_UNPACKED:
                raise UnreadableFile(
                    problem=f"The gzip file unpacks to more than {MAX_UNPACKED} bytes."
                )
            waiting = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise UnreadableFile(problem="The gzip file is cut short: its end is missing.")


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterable[bytes]:
    yield first
    yield from rest


def is_workbook(spool: Spool) -> bool:
    """Whether it is an XLSX workbook; refuses what is neither that nor text."""
    head = _head(spool)
    if not head.strip():
        raise UnreadableFile(problem="The file is empty.")
    for magic, sentence in _OTHERS:
        if head.startswith(magic):
            raise UnreadableFile(problem=f"{sentence} Only CSV and XLSX can be imported.")
    if not head.startswith(b"PK\x03\x04"):
        return False
    _check_archive(spool)
    return True


def _head(spool: Spool) -> bytes:
    spool.seek(0)
    head = spool.read(64 * 1024)
    spool.seek(0)
    return head


def _check_archive(spool: Spool) -> None:
    """Read every entry once, counting: what an archive says about its own sizes proves nothing."""
    try:
        with zipfile.ZipFile(spool) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names:
                raise UnreadableFile(
                    problem="This is a zip archive, not an XLSX workbook. Unpack it first."
                )
            unpacked = sum(_length(archive.open, name) for name in names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFile(
            problem="The XLSX file is cut short or damaged: it cannot be unpacked."
        ) from error
    finally:
        spool.seek(0)
    if unpacked > MAX_WORKBOOK:
        raise UnreadableFile(problem=f"The workbook unpacks to more than {MAX_WORKBOOK} bytes.")


def _length(open_entry: Callable[[str], IO[bytes]], name: str) -> int:
    length = 0
    with open_entry(name) as entry:
        while piece := entry.read(PIECE):
            length += len(piece)
            if length > MAX_WORKBOOK:
                break
    return length


def as_bytes(spool: Spool) -> io.BytesIO:
    """The whole spool in memory, for readers that need it there."""
    spool.seek(0)
    return io.BytesIO(spool.read())


def count_lines(spool: Spool) -> int:
    """How many lines there are, the last one counting also without its end."""
    spool.seek(0)
    lines, last = 0, b"\n"
    while piece := spool.read(PIECE):
        lines += piece.count(b"\n")
        last = piece[-1:]
    spool.seek(0)
    return lines + (last != b"\n")

"""What a file is, by how it begins: never by its name, and never something that a browser would run."""

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
)
_OFFICE: tuple[tuple[bytes, str], ...] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
UNKNOWN = "application/octet-stream"


def media_type_of(head: bytes) -> str:
    """The kind of file that begins like this; text of any kind, also HTML, is plain text."""
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return _office(head) if media_type == "application/zip" else media_type
    return "text/plain" if _is_text(head) else UNKNOWN


def _office(head: bytes) -> str:
    if b"[Content_Types].xml" not in head:
        return "application/zip"
    return next((kind for folder, kind in _OFFICE if folder in head), "application/zip")


def _is_text(head: bytes) -> bool:
    try:
        head[: len(head) - 3].decode()
    except UnicodeDecodeError as broken:
        return b"\0" not in head and broken.start >= len(head) - 6
    return b"\0" not in head

"""One mail in, a lead out: who wrote, what about, and what their signature says."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

from pydantic import JsonValue

MEDIA_TYPE = "message/rfc822"
LONGEST_TEXT = 9_000
_HIDDEN = frozenset(("script", "style", "head", "title"))
_BREAKS = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3"))
_LABELS = {
    "name": r"姓\s*名|联\s*系\s*人|称\s*呼|name|contact",
    "phone": r"手\s*机|电\s*话|联系方式|联系电话|tel|mobile|phone|cell|m|t",
    "company_name": r"公\s*司(?:名称)?|单\s*位|company",
    "mail": r"邮\s*箱|邮件|e-?mail",
}
_LINES = {
    part: re.compile(rf"^\W*(?:{label})\s*[:：]\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
    for part, label in _LABELS.items()
}
_EMPTIED = "X-Emptied-Attachment"
"""Says of an attachment that was not kept what it was."""
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)", re.ASCII)


class NotAMail(ValueError):
    """The bytes are not a message of RFC 5322."""


def parse(body: bytes) -> JsonValue:
    """A message as a payload: sender, subject, text, names of attachments, and what its lines say."""
    message = _message(body)
    text = _text(message)
    name, address = _sender(message)
    return {
        "message_id": str(message.get("Message-ID", "")).strip(),
        "date": _date(message),
        "subject": str(message.get("Subject", "")),
        "to": str(message.get("To", "")),
        "from": {"name": name, "mail": address},
        "text": text[:LONGEST_TEXT],
        "attachments": [_described(part) for part in message.iter_attachments()],
        "found": _found(text),
    }


def kept(body: bytes) -> bytes:
    """The message as it is kept: attachments are named in it, and their content is left out."""
    try:
        message = _message(body)
    except NotAMail:
        return body
    for part in message.iter_attachments():
        described = _described(part)
        part.clear_content()
        part.set_content("", disposition="attachment", filename=str(described["name"]))
        part[_EMPTIED] = f"{described['type']} {described['size']}"
    return message.as_bytes()


def _message(body: bytes) -> EmailMessage:
    try:
        message = message_from_bytes(body, policy=policy.default)
    except (MessageError, ValueError, LookupError) as broken:
        raise NotAMail("It is not a mail") from broken
    if not isinstance(message, EmailMessage) or "From" not in message:
        raise NotAMail("It is a message from nobody")
    return message


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Who is to be answered."""
    header = message.get("Reply-To") or message["From"]
    addresses = getattr(header, "addresses", ())
    if not addresses:
        return "", ""
    sender = getattr(message["From"], "addresses", addresses)
    name = addresses[0].display_name or (sender[0].display_name if sender else "")
    return name, addresses[0].addr_spec


def _date(message: EmailMessage) -> str:
    try:
        said = parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        return ""
    return said.isoformat() if said.tzinfo else ""


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = _decoded(part)
    return _Plain.of(content) if part.get_content_subtype() == "html" else content


def _decoded(part: MIMEPart) -> str:
    """The text of a part; what says GB2312 is mostly its larger brother, and often nobody says anything."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    said = (part.get_content_charset() or "utf-8").lower()
    named = "gb18030" if said in ("gb2312", "gbk", "gb_2312-80", "cp936") else said
    for charset in (named, "utf-8", "gb18030"):
        try:
            return raw.decode(charset).replace("\x00", "")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode(errors="replace").replace("\x00", "")


def _described(part: MIMEPart) -> dict[str, JsonValue]:
    content = part.get_payload(decode=True)
    kind, size = part.get_content_type(), len(content) if isinstance(content, bytes) else 0
    if emptied := str(part.get(_EMPTIED, "")):
        kind, _, said = emptied.partition(" ")
        size = int(said) if said.isdecimal() else 0
    return {"name": part.get_filename() or "", "type": kind, "size": size}


def _found(text: str) -> dict[str, JsonValue]:
    """What lines such as `电话：138…` say; the last one, which is in the signature."""
    found: dict[str, JsonValue] = {}
    for part, line in _LINES.items():
        said = line.findall(text)
        if said:
            found[part] = said[-1][:200]
    mobiles = _MOBILE.findall(text)
    if mobiles and not _MOBILE.search(str(found.get("phone", ""))):
        found["phone"] = mobiles[-1]
    return found


class _Plain(HTMLParser):
    """The words of a page, one block a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    @classmethod
    def of(cls, page: str) -> str:
        """The text of a page."""
        reader = cls()
        reader.feed(page)
        return "\n".join(_stripped("".join(reader.words)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """A block begins a line."""
        self.hidden += tag in _HIDDEN
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """What was hidden has ended."""
        self.hidden -= tag in _HIDDEN and self.hidden > 0
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        """Words that are seen."""
        if not self.hidden:
            self.words.append(data)


def _stripped(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())

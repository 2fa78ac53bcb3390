"""From bytes to a payload: JSON, a submitted form, XML or a mail, by what the sender says it is."""

from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import orjson
from pydantic import JsonValue

from services.leads.domain.channel import mail
from services.leads.domain.channel.mail import NotAMail

DEEPEST = 32


class Unreadable(ValueError):
    """The bytes are not what they are said to be."""


def parse(body: bytes, content_type: str) -> JsonValue:
    """The payload in a body; raises `Unreadable`."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == mail.MEDIA_TYPE:
        return _mail(body)
    if kind == "application/x-www-form-urlencoded":
        return _form(body)
    if kind.endswith("xml") or body.lstrip()[:1] == b"<":
        return _xml(body)
    return _json(body)


def _mail(body: bytes) -> JsonValue:
    try:
        return mail.parse(body)
    except NotAMail as broken:
        raise Unreadable(str(broken)) from broken


def _json(body: bytes) -> JsonValue:
    try:
        value: JsonValue = orjson.loads(body)
    except orjson.JSONDecodeError as broken:
        raise Unreadable(
            f"It is not JSON at line {broken.lineno}, column {broken.colno}"
        ) from broken
    return value


def _form(body: bytes) -> JsonValue:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=500)
    except ValueError as broken:
        raise Unreadable("It is not a form in UTF-8") from broken
    values: dict[str, JsonValue] = {}
    for name, value in pairs:
        values[name] = f"{values[name]}, {value}" if values.get(name) else value
    return values


def _xml(body: bytes) -> JsonValue:
    if b"<!" in body.replace(b"<![CDATA[", b""):
        raise Unreadable("XML with a document type or comments is not taken")
    try:
        root = ET.fromstring(body)  # noqa: S314 - without a document type there are no entities
    except (ET.ParseError, ValueError, LookupError) as broken:
        raise Unreadable("It is not well-formed XML") from broken
    return {root.tag: _element(root, DEEPEST)}


def _element(element: ET.Element, depth: int) -> JsonValue:
    """Text, or the children by name; children of one name become a list."""
    if depth == 0:
        raise Unreadable(f"It is nested deeper than {DEEPEST} levels")
    if len(element) == 0:
        return (element.text or "").strip()
    children: dict[str, JsonValue] = {}
    for child in element:
        value, before = _element(child, depth - 1), children.get(child.tag)
        if child.tag not in children:
            children[child.tag] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            children[child.tag] = [before, value]
    return children

"""HTTP: one door in front of every route, and what routes may ask it for."""

from shared.web import door, sse
from shared.web.api import create_api
from shared.web.arguments import Actor, IfMatch, Now, RawBody, Tx, UploadedFile
from shared.web.bodies import Upload
from shared.web.models import Day, Moment, Request
from shared.web.pages import Page, PageParams, PageRequest
from shared.web.permissions import EVERYBODY, allow, public
from shared.web.problems import render as problem
from shared.web.sse import LastEventId
from shared.web.visit import Visit, etag

__all__ = [
    "EVERYBODY",
    "Actor",
    "Day",
    "IfMatch",
    "LastEventId",
    "Moment",
    "Now",
    "Page",
    "PageParams",
    "PageRequest",
    "RawBody",
    "Request",
    "Tx",
    "Upload",
    "UploadedFile",
    "Visit",
    "allow",
    "create_api",
    "door",
    "etag",
    "problem",
    "public",
    "sse",
]

"""What the handler of a route may ask for, by the type of a parameter."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header

from shared import db
from shared.principals import Principal
from shared.refusals import FieldError
from shared.web.bodies import Upload
from shared.web.giving import Given
from shared.web.refusals import IfMatchMissing, InvalidRequest
from shared.web.visit import actor_of, body_of, now_of, tx_of, upload_of


# A coroutine, although it waits for nothing: FastAPI hands plain functions to a thread, which costs
# more than most queries.
async def _if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None:
        raise IfMatchMissing
    if if_match.strip() == "*":
        return None
    tag = if_match.strip().removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdecimal() and len(tag) < 19):
        error = FieldError(pointer="header:If-Match", reason='Expected an ETag such as "12"')
        raise InvalidRequest(errors=(error,))
    return int(tag)


Tx = Annotated[db.Tx, Given(tx_of)]
"""The request's transaction, already open in the caller's scope."""
Actor = Annotated[Principal, Given(actor_of)]
"""Who is asking."""
Now = Annotated[datetime, Given(now_of)]
"""The moment the transaction began, by the database's clock."""
RawBody = Annotated[bytes, Given(body_of)]
"""What was sent, byte for byte."""
UploadedFile = Annotated[Upload, Given(upload_of)]
"""A large body, on disk."""
IfMatch = Annotated[int | None, Depends(_if_match)]
"""The sequence the caller has seen; nothing for `If-Match: *`."""

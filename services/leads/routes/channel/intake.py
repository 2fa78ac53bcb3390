"""The way in for senders that know nothing of us: proven, kept, and only then judged."""

import os
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from fastapi.responses import JSONResponse

from services.leads.domain.channel.delivery import Delivery, Genuine, Greeting, Reply
from services.leads.domain.refusals import ChannelIsOff, LooksLikeRobot
from services.leads.handlers.channel import intake as handlers
from services.leads.handlers.channel.intake import Admission
from services.leads.schemas.channel import SubmissionReceipt
from shared import db
from shared.principals import Principal
from shared.refusals import Refused
from shared.web import Now, RawBody, Tx, door, problem, public
from shared.web.problems import Problem

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Not from a sender the channel knows"},
    404: {"model": Problem, "description": "No such channel"},
    429: {"model": Problem, "description": "Too many from one address"},
}
KEPT_QUIETLY = (ChannelIsOff, LooksLikeRobot)
"""Whether we listen, and how robots are told, is not for senders to know."""
LARGEST_MAIL = 25 * 1024 * 1024
ChannelKey = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[\w.-]+$")]


async def keep(
    tx: db.Tx, request: Request, body: bytes, _by: Principal | None, refused: Refused
) -> UUID | None:
    """Store what a genuine sender sent and no rule of ours foresaw, such as a value no column takes."""
    admission = await _admit(tx, request, body)
    await handlers.quarantine(tx, admission, refused)
    return admission.submission_id


router = door.router(prefix="/channels", tags=["channels"], foreign=True, remember=False, keep=keep)
mails = door.router(
    prefix="/channels",
    tags=["channels"],
    foreign=True,
    remember=False,
    max_body=LARGEST_MAIL,
    keep=keep,
)


@router.get(
    "/{key}/submissions",
    dependencies=[public()],
    responses=REFUSALS,
)
async def greet_channel(key: ChannelKey, request: Request, tx: Tx) -> Response:
    """What a platform asks before it uses an address: WeCom, Meta and LinkedIn do."""
    return said(await handlers.greet(tx, key=key, delivery=delivery_of(request, b"")))


@router.post(
    "/{key}/submissions",
    dependencies=[public()],
    response_model=SubmissionReceipt,
    responses=REFUSALS,
)
async def submit_to_channel(
    key: ChannelKey,  # noqa: ARG001 - the request is asked for it
    request: Request,
    body: RawBody,
    tx: Tx,
    now: Now,
) -> Response:
    """What a sender sends, in its own form: the channel's configuration says how it is read."""
    return await _take_in(tx, request, body, now)


@mails.post(
    "/{key}/mail",
    dependencies=[public()],
    response_model=SubmissionReceipt,
    responses=REFUSALS,
)
async def mail_to_channel(
    key: ChannelKey,  # noqa: ARG001 - the request is asked for it
    request: Request,
    body: RawBody,
    tx: Tx,
    now: Now,
) -> Response:
    """One message of RFC 5322, as a mail server hands it on; attachments are named, not kept."""
    return await _take_in(tx, request, body, now)


async def _take_in(tx: db.Tx, request: Request, body: bytes, now: datetime) -> Response:
    admission = await _admit(tx, request, body)
    return answer(request, admission, await handlers.take_in(tx, admission, now=now))


async def _admit(tx: db.Tx, request: Request, body: bytes) -> Admission:
    return await handlers.admit(
        tx, key=request.path_params["key"], delivery=delivery_of(request, body)
    )


def delivery_of(request: Request, body: bytes) -> Delivery:
    """The request as the domain looks at it."""
    return Delivery(
        body=body,
        content_type=request.headers.get("content-type", ""),
        headers=dict(request.headers),
        query=dict(request.query_params),
        address=request.client.host if request.client else "",
        came_at=datetime.now(UTC),
        salt=os.urandom(16),
    )


def answer(request: Request, admission: Admission, refused: Refused | None) -> Response:
    """What the sender hears, a second time the same as the first; on pages that embed the form, too."""
    response = _answer(request, admission, refused)
    origin = request.headers.get("origin", "")
    if origin in admission.own.channel.form.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
    return response


def _answer(request: Request, admission: Admission, refused: Refused | None) -> Response:
    channel, verdict = admission.own.channel, admission.verdict
    if isinstance(verdict, Greeting | Genuine) and verdict.reply is not None:
        return said(verdict.reply)
    kept = str(admission.submission_id) if admission.submission_id else None
    is_told = channel.refuses_unreadable and not isinstance(refused, KEPT_QUIETLY)
    if refused is not None and (kept is None or is_told):
        return problem(refused, instance=request.scope["path"], submission_id=kept)
    if channel.answer is not None:
        return JSONResponse(channel.answer.body, channel.answer.status)
    return JSONResponse({"submission_id": kept})


def said(reply: Reply) -> Response:
    """A platform's word, word for word."""
    if isinstance(reply.body, str):
        return Response(reply.body, media_type="text/plain")
    return JSONResponse(reply.body)

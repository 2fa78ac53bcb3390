"""The way in: what senders send is judged at once, kept in either case, and mended when it has to be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from services.leads.domain.capture import Received
from services.leads.domain.intake import Submission
from services.leads.handlers import quarantine
from services.leads.handlers import submission as handlers
from services.leads.queries import submission as queries
from services.leads.schemas.lead import LeadIn, LeadReceipt
from services.leads.schemas.submission import (
    DiscardIn,
    SubmissionLine,
    SubmissionOut,
    SubmissionState,
)
from shared import db
from shared.principals import Principal
from shared.refusals import Refused
from shared.web import (
    Actor,
    Now,
    Page,
    PageParams,
    RawBody,
    Tx,
    Visit,
    allow,
    door,
)


async def keep(
    tx: db.Tx, request: Request, body: bytes, by: Principal | None, refused: Refused
) -> UUID:
    """Store what was refused, whatever it is."""
    sent = sent_by(request, body, by=by, now=tx.now)
    await handlers.quarantine(tx, sent, refused)
    return sent.id


async def capture_together(tx: db.Tx, visits: Sequence[Visit]) -> list[Response | None]:
    """Take in what several senders sent at the same time."""
    sendings = [_sending(visit, now=tx.now) for visit in visits]
    received = await handlers.take_in_all(tx, sendings, now=tx.now)
    return [
        _answer(receipt(end, sending.sent.id)) if end else None
        for sending, end in zip(sendings, received, strict=True)
    ]


def _sending(visit: Visit, *, now: datetime) -> handlers.Sending:
    lead: LeadIn = visit.content
    by = visit.actor
    return handlers.Sending(
        sent=sent_by(visit.request, visit.body, by=by, now=now),
        told=lead,
        trail=lead.trail,
        by=by,
        span=visit.span,
    )


def _answer(told: LeadReceipt) -> Response:
    return Response(
        told.model_dump_json(),
        status_code=200 if told.duplicate else 201,
        media_type="application/json",
    )


intake = door.router(
    prefix="/leads", tags=["leads"], as_service=True, keep=keep, together=capture_together
)
router = door.router(prefix="/submissions", tags=["submissions"])
MENDERS = allow("team_lead", "manager", "operator", "integrator")


@intake.post(
    "",
    status_code=201,
    responses={200: {"model": LeadReceipt, "description": "Joined to a lead known before"}},
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
async def capture_lead(
    lead: LeadIn,
    request: Request,
    body: RawBody,
    response: Response,
    tx: Tx,
    actor: Actor,
    now: Now,
) -> LeadReceipt:
    """Bring a lead in. One that is known already is joined: 200 with `duplicate: true`."""
    sent = sent_by(request, body, by=actor, now=now)
    received = await handlers.take_in(tx, sent, told=lead, trail=lead.trail, by=actor, now=now)
    response.status_code = 201 if received.effect == "created" else 200
    return receipt(received, sent.id)


@router.get("", dependencies=[MENDERS])
async def list_submissions(
    tx: Tx,
    page: PageParams,
    state: Annotated[SubmissionState | None, Query()] = None,
    channel: Annotated[str | None, Query(max_length=80)] = None,
) -> Page[SubmissionLine]:
    """What came in; `state=quarantined` are those that wait to be mended."""
    return await queries.submission_page(tx, state, channel, page)


@router.get("/{submission_id}", dependencies=[MENDERS])
async def show_submission(submission_id: UUID, tx: Tx) -> SubmissionOut:
    """What was sent, as it was sent, and why it could not be read."""
    return await queries.submission(tx, submission_id)


@router.post("/{submission_id}/replay", status_code=201, dependencies=[MENDERS])
async def replay_submission(
    submission_id: UUID, mended: LeadIn, body: RawBody, tx: Tx, actor: Actor, now: Now
) -> LeadReceipt:
    """Send a quarantined submission in again, mended."""
    received = await handlers.replay_submission(
        tx,
        submission_id=submission_id,
        body=body,
        told=mended,
        trail=mended.trail,
        by=actor,
        now=now,
    )
    return receipt(received, submission_id)


@router.post("/{submission_id}/retry", status_code=201, dependencies=[MENDERS])
async def retry_submission(submission_id: UUID, tx: Tx, now: Now) -> LeadReceipt:
    """Read a quarantined submission again as it came, with its channel as it is now."""
    received = await quarantine.retry_submission(tx, submission_id=submission_id, now=now)
    return receipt(received, submission_id)


@router.post("/{submission_id}/discard", status_code=204, dependencies=[MENDERS])
async def discard_submission(submission_id: UUID, wanted: DiscardIn, tx: Tx) -> None:
    """Give a quarantined submission up; it stays as it came, with the reason."""
    await quarantine.discard_submission(tx, submission_id=submission_id, reason=wanted.reason)


def sent_by(request: Request, body: bytes, *, by: Principal | None, now: datetime) -> Submission:
    """What a request of ours carries, as it is kept."""
    content_type = request.headers.get("content-type", "")
    return handlers.submission_of(body=body, content_type=content_type, by=by, now=now)


def receipt(received: Received, submission_id: UUID) -> LeadReceipt:
    """What a sender is told of a lead."""
    return LeadReceipt(
        id=received.lead_id,
        submission_id=submission_id,
        duplicate=received.effect != "created",
    )

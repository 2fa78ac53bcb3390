"""The phone log: a call becomes a lead, or a touch of one."""

from uuid import UUID

from fastapi import Request, Response

from services.leads.handlers import submission
from services.leads.handlers.channel import call as handlers
from services.leads.routes.channel.intake import ChannelKey
from services.leads.routes.submission import receipt, sent_by
from services.leads.schemas.channel import CallIn
from services.leads.schemas.lead import LeadReceipt
from shared import db
from shared.principals import Principal
from shared.refusals import Refused
from shared.web import Actor, Now, RawBody, Tx, allow, door


async def keep(
    tx: db.Tx, request: Request, body: bytes, by: Principal | None, refused: Refused
) -> UUID:
    """Store what was refused, beside the channel it was meant for."""
    sent = sent_by(request, body, by=by, now=tx.now)
    await submission.quarantine(tx, sent, refused, channel=request.path_params["key"])
    return sent.id


router = door.router(prefix="/channels", tags=["channels"], as_service=True, keep=keep)


@router.post(
    "/{key}/calls",
    status_code=201,
    responses={200: {"model": LeadReceipt, "description": "A touch of a lead known before"}},
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
async def log_call(
    key: ChannelKey,
    call: CallIn,
    request: Request,
    body: RawBody,
    response: Response,
    tx: Tx,
    actor: Actor,
    now: Now,
) -> LeadReceipt:
    """Note a call: who, when, which way, and what was said."""
    sent = sent_by(request, body, by=actor, now=now)
    received = await handlers.log_call(
        tx, sent, key=key, told=call.told, called_at=call.called_at, by=actor, now=now
    )
    response.status_code = 201 if received.effect == "created" else 200
    return receipt(received, sent.id)

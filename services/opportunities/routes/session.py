"""Signing in over HTTP. Answers hold secrets, so none of them is stored."""

from uuid import UUID

from fastapi import Request, Response

from services.opportunities.domain.session import SignInFailed
from services.opportunities.handlers import person as people
from services.opportunities.handlers import session as handlers
from services.opportunities.schemas.person import Me, NewPassword
from services.opportunities.schemas.session import Session, SignIn
from shared.web import EVERYBODY, Actor, Now, Tx, allow, door, problem, public
from shared.web.state import signer_of

router = door.router(tags=["session"], remember=False)


@router.post(
    "/sessions",
    status_code=201,
    response_model=Session,
    responses={401: {"description": "Name and password do not let anybody in"}},
    dependencies=[public()],
)
async def sign_in(body: SignIn, tx: Tx, now: Now, request: Request) -> Session | Response:
    """Sign in with name and password; the token is valid for eight hours."""
    password = body.password.get_secret_value()
    signed_in = await handlers.sign_in(tx, username=body.username, password=password, now=now)
    if isinstance(signed_in, SignInFailed):
        return problem(signed_in, instance=request.url.path)
    lifetime = signed_in.valid_for
    token = signer_of(request).for_person(signed_in.person_id, lifetime=lifetime)
    return Session(access_token=token, expires_in=int(lifetime.total_seconds()))


@router.get("/me", response_model=Me, dependencies=[allow(*EVERYBODY)])
async def get_me(actor: Actor) -> Me:
    """Who you are, and what you may do."""
    return Me(
        id=actor.id,
        kind=actor.kind,
        username=actor.username,
        name=actor.name,
        unit_id=actor.unit_id,
        roles=sorted(actor.roles),
    )


@router.put("/persons/{person_id}/password", status_code=204, dependencies=[allow(*EVERYBODY)])
async def set_password(person_id: UUID, body: NewPassword, tx: Tx, actor: Actor, now: Now) -> None:
    """Set your own password, or as an operator that of somebody in your part of the organisation."""
    await people.set_password(tx, person_id=person_id, password=body.password, by=actor, now=now)

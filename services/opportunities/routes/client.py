"""Programs with API keys over HTTP. Keys are shown once, and no answer that holds one is stored."""

from uuid import UUID

from fastapi import Request, Response

from services.opportunities.domain.client import Client
from services.opportunities.handlers import client as handlers
from services.opportunities.queries import directory as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.client import ClientChanges, ClientOut, ClientWithKey, NewClient
from services.opportunities.schemas.fields import sent
from shared.ids import new_id
from shared.web import IfMatch, Now, Page, PageParams, Tx, allow, door, etag
from shared.web.state import signer_of

router = door.router(prefix="/clients", tags=["directory"], remember=False)


@router.get("", response_model=Page[ClientOut], dependencies=[allow("operator", "auditor")])
async def list_clients(tx: Tx, page: PageParams) -> Page[ClientOut]:
    """Programs that may call, the newest first."""
    clients = await queries.clients(tx, page)
    return page.page(clients, sort=lambda client: (client.created_at, client.id))


@router.get("/{client_id}", response_model=ClientOut, dependencies=[allow("operator", "auditor")])
async def get_client(client_id: UUID, tx: Tx, response: Response) -> ClientOut:
    """One program."""
    client = found(await queries.client(tx, client_id))
    etag(response, client.sequence)
    return client


@router.post("", status_code=201, response_model=ClientWithKey, dependencies=[allow("operator")])
async def add_client(body: NewClient, tx: Tx, now: Now, request: Request) -> ClientWithKey:
    """Let a program call; its key is in this answer and nowhere else."""
    wanted = Client(id=new_id(), name=body.name, unit_id=body.unit_id, roles=body.roles)
    client = await handlers.add_client(tx, wanted=wanted, now=now)
    return await _with_key(tx, client, request)


@router.patch("/{client_id}", response_model=ClientWithKey, dependencies=[allow("operator")])
async def change_client(
    client_id: UUID,
    body: ClientChanges,
    tx: Tx,
    now: Now,
    if_match: IfMatch,
    request: Request,
    response: Response,
) -> ClientWithKey:
    """Change what a program may do, or replace its key."""
    changes = {name: value for name, value in sent(body).items() if name != "new_key"}
    client = await handlers.change_client(
        tx,
        client_id=client_id,
        changes=changes,
        new_key=body.new_key,
        if_match=if_match,
        now=now,
    )
    etag(response, client.sequence)
    if body.new_key:
        return await _with_key(tx, client, request)
    return ClientWithKey(**found(await queries.client(tx, client_id)).model_dump())


async def _with_key(tx: Tx, client: Client, request: Request) -> ClientWithKey:
    shown = found(await queries.client(tx, client.id))
    key = signer_of(request).for_client(client.id, key_version=client.key_version)
    return ClientWithKey(**shown.model_dump(), api_key=key)

"""SCIM 2.0 (RFC 7644): identity providers bring people and units, change them and take them away.

It has a language of its own for bodies, queries and errors, which `scim2_models` speaks; behind it the
acts are those of the directory. It describes itself at /scim/v2/Schemas and not in /openapi.json.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Header, Request, Response
from scim2_models import Context, ListResponse, Resource

from services.opportunities.handlers import scim as handlers
from services.opportunities.queries import scim as queries
from services.opportunities.routes.scim_language import (
    answer_with,
    base_of,
    body_of,
    id_of,
    page_of,
    patch,
    question_in,
    read,
    router,
    shown,
    speaking,
    the_one,
    uuid_in,
    version_in,
    with_names,
)
from services.opportunities.routes.shown import found
from services.opportunities.schemas.scim import PROVIDER, Group, User
from shared.refusals import NotFound
from shared.web import Actor, Now, Tx, allow

PROVISIONING = allow("operator")
IfMatch = Annotated[str | None, Header(alias="If-Match")]


@router.get("/Users", dependencies=[PROVISIONING])
async def list_users(request: Request, tx: Tx) -> Response:
    """People, filtered, sorted and in pages."""
    return await speaking(lambda: _list_users(request, tx, dict(request.query_params)))


@router.post("/Users/.search", dependencies=[PROVISIONING])
async def search_users(request: Request, tx: Tx) -> Response:
    """The same with the question in the body."""
    return await speaking(lambda: _list_users(request, tx, request))


@router.get("/Users/{user_id}", dependencies=[PROVISIONING])
async def get_user(user_id: str, request: Request, tx: Tx) -> Response:
    """One of them."""
    return await speaking(lambda: shown(request, _user(request, tx, user_id)))


@router.post("/Users", status_code=201, dependencies=[PROVISIONING])
async def add_user(request: Request, tx: Tx, actor: Actor, now: Now) -> Response:
    """Take somebody on."""

    async def act() -> Response:
        user = read(User, with_names(await body_of(request)), Context.RESOURCE_CREATION_REQUEST)
        user_id = await handlers.add_user(tx, user, by=actor, now=now)
        return await shown(request, _user(request, tx, str(user_id)), status=201)

    return await speaking(act)


@router.put("/Users/{user_id}", dependencies=[PROVISIONING])
async def replace_user(
    user_id: str, request: Request, tx: Tx, now: Now, if_match: IfMatch = None
) -> Response:
    """Say everything of somebody anew."""

    async def act() -> Response:
        known = await _user(request, tx, user_id)
        user = read(User, with_names(await body_of(request)), Context.RESOURCE_REPLACEMENT_REQUEST)
        await handlers.change_user(tx, id_of(known), user, if_match=version_in(if_match), now=now)
        return await shown(request, _user(request, tx, user_id))

    return await speaking(act)


@router.patch("/Users/{user_id}", dependencies=[PROVISIONING])
async def patch_user(
    user_id: str, request: Request, tx: Tx, now: Now, if_match: IfMatch = None
) -> Response:
    """Change something of somebody."""

    async def act() -> Response:
        user = await _user(request, tx, user_id)
        patch(User, user, await body_of(request))
        await handlers.change_user(tx, id_of(user), user, if_match=version_in(if_match), now=now)
        return await shown(request, _user(request, tx, user_id))

    return await speaking(act)


@router.delete("/Users/{user_id}", status_code=204, dependencies=[PROVISIONING])
async def remove_user(
    user_id: str, request: Request, tx: Tx, now: Now, if_match: IfMatch = None
) -> Response:
    """Somebody has left: their access ends at once, and what they have stays to be handed over."""
    user = await _user(request, tx, user_id)
    await handlers.remove_user(
        tx, id_of(user), external_id=user.external_id, if_match=version_in(if_match), now=now
    )
    return Response(status_code=204)


@router.get("/Groups", dependencies=[PROVISIONING])
async def list_groups(request: Request, tx: Tx) -> Response:
    """Units, filtered, sorted and in pages."""
    return await speaking(lambda: _list_groups(request, tx, dict(request.query_params)))


@router.post("/Groups/.search", dependencies=[PROVISIONING])
async def search_groups(request: Request, tx: Tx) -> Response:
    """The same with the question in the body."""
    return await speaking(lambda: _list_groups(request, tx, request))


@router.get("/Groups/{group_id}", dependencies=[PROVISIONING])
async def get_group(group_id: str, request: Request, tx: Tx) -> Response:
    """One of them."""
    return await speaking(lambda: shown(request, _group(request, tx, group_id)))


@router.post("/Groups", status_code=201, dependencies=[PROVISIONING])
async def add_group(request: Request, tx: Tx, actor: Actor, now: Now) -> Response:
    """Make a team."""

    async def act() -> Response:
        group = read(Group, await body_of(request), Context.RESOURCE_CREATION_REQUEST)
        group_id = await handlers.add_group(tx, group, by=actor, now=now)
        return await shown(request, _group(request, tx, str(group_id)), status=201)

    return await speaking(act)


@router.put("/Groups/{group_id}", dependencies=[PROVISIONING])
async def replace_group(
    group_id: str, request: Request, tx: Tx, now: Now, if_match: IfMatch = None
) -> Response:
    """Say its name and everybody who belongs to it anew."""

    async def act() -> Response:
        known = await _group(request, tx, group_id)
        group = read(Group, await body_of(request), Context.RESOURCE_REPLACEMENT_REQUEST)
        await handlers.change_group(tx, id_of(known), group, if_match=version_in(if_match), now=now)
        return await shown(request, _group(request, tx, group_id))

    return await speaking(act)


@router.patch("/Groups/{group_id}", dependencies=[PROVISIONING])
async def patch_group(
    group_id: str, request: Request, tx: Tx, now: Now, if_match: IfMatch = None
) -> Response:
    """Change its name, or who belongs to it."""

    async def act() -> Response:
        group = await _group(request, tx, group_id)
        patch(Group, group, await body_of(request))
        await handlers.change_group(tx, id_of(group), group, if_match=version_in(if_match), now=now)
        return await shown(request, _group(request, tx, group_id))

    return await speaking(act)


@router.delete("/Groups/{group_id}", status_code=204, dependencies=[PROVISIONING])
async def remove_group(
    group_id: str, request: Request, tx: Tx, now: Now, if_match: IfMatch = None
) -> Response:
    """Close a unit; its people belong to the one above."""
    group = await _group(request, tx, group_id)
    await handlers.remove_group(
        tx, id_of(group), external_id=group.external_id, if_match=version_in(if_match), now=now
    )
    return Response(status_code=204)


@router.post("/.search", dependencies=[PROVISIONING])
async def search(request: Request, tx: Tx) -> Response:
    """People and units at once."""

    async def act() -> Response:
        everything: Any = User | Group
        question = await question_in(everything, request)
        base = base_of(request)
        resources = [*await queries.users(tx, base), *await queries.groups(tx, base)]
        return page_of(everything, question, resources)

    return await speaking(act)


@router.get("/ServiceProviderConfig", dependencies=[PROVISIONING])
async def show_configuration() -> Response:
    """What is understood here."""
    return answer_with(PROVIDER.config.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))  # pyright: ignore[reportOptionalMemberAccess] - it is given one


@router.get("/{kind:path}", dependencies=[PROVISIONING])
async def describe(kind: str) -> Response:
    """Schemas and resource types; everything else is not here."""
    plural, _, name = kind.partition("/")
    known: Mapping[str, Sequence[Resource[Any]]] = {
        "Schemas": PROVIDER.schemas,
        "ResourceTypes": PROVIDER.resource_types,
    }
    if plural not in known:
        raise NotFound
    if name:
        one = next((each for each in known[plural] if each.id == name), None)
        return answer_with(found(one).model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))
    resources = [
        each.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE) for each in known[plural]
    ]
    return answer_with(
        {
            "schemas": [str(ListResponse.__schema__)],
            "totalResults": len(resources),
            "startIndex": 1,
            "itemsPerPage": len(resources),
            "Resources": resources,
        }
    )


async def _list_users(request: Request, tx: Tx, asked: Request | Mapping[str, str]) -> Response:
    question = await question_in(User, asked)
    return page_of(User, question, await queries.users(tx, base_of(request)))


async def _list_groups(request: Request, tx: Tx, asked: Request | Mapping[str, str]) -> Response:
    question = await question_in(Group, asked)
    return page_of(Group, question, await queries.groups(tx, base_of(request)))


async def _user(request: Request, tx: Tx, user_id: str) -> User:
    return the_one(await queries.users(tx, base_of(request), user_id=uuid_in(user_id)))


async def _group(request: Request, tx: Tx, group_id: str) -> Group:
    return the_one(await queries.groups(tx, base_of(request), group_id=uuid_in(group_id)))

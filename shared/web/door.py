"""The door in front of every route: `router` makes routers whose routes stand behind it.

It asks who is there and whether they may; opens one transaction in their scope; lets a command take
effect once; and commits before it answers. `passage` does the walking.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Annotated, Any, ClassVar, cast

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import Field, TypeAdapter

from shared.web import documentation
from shared.web.giving import given
from shared.web.passage import ONE_MEBIBYTE, Options, Passage
from shared.web.permissions import permission_of, without_permissions
from shared.web.visit import Keep, KeyOf, Together

COMMANDS = frozenset(("POST", "PUT", "PATCH", "DELETE"))


def router(
    *,
    prefix: str = "",
    tags: Iterable[str] = (),
    accepts: Iterable[str] = ("application/json",),
    max_body: int = ONE_MEBIBYTE,
    upload: bool = False,
    remember: bool = True,
    as_service: bool = False,
    foreign: bool = False,
    private: bool = False,
    keep: Keep | None = None,
    key: KeyOf | None = None,
    together: Together | None = None,
) -> APIRouter:
    """A router behind the door.

    `upload` puts large bodies on disk instead of into memory. `remember=False` is for answers that
    hold secrets: they are not stored, and no Idempotency-Key is asked for. `as_service` is for
    commands that have to see everything and show nothing of it. `foreign` is for senders whose
    requests are not made for us: the handler reads query and body itself. `private` is for answers that
    show a person: they are stored sealed. `keep` stores what was
    sent and had to be refused; `key` derives the idempotency key for senders that do not know of it. `together` carries out commands
    that arrive while others commit in one transaction, as the service; see `group_commit`.
    """
    options = Options(
        accepts=tuple(accepts),
        max_body=max_body,
        upload=upload,
        remember=remember,
        as_service=as_service,
        foreign=foreign,
        private=private,
        keep=keep,
        key=key,
        together=together,
    )
    route_class = type("DoorRoute", (DoorRoute,), {"options": options})
    return APIRouter(prefix=prefix, tags=list(tags), route_class=route_class)


class DoorRoute(APIRoute):
    """A route whose requests go through the door; see `router`."""

    options: ClassVar[Options] = Options()

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        self.permission = permission_of(settings.get("dependencies"))
        self.is_command = not COMMANDS.isdisjoint(settings.get("methods") or ())
        self.is_remembered = self.is_command and self.options.remember
        self.asks_for_key = self.is_remembered and self.options.key is None
        settings["dependencies"] = without_permissions(settings.get("dependencies"))
        super().__init__(path, given(endpoint), **documentation.of_route(settings, self))

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, behind the door."""
        return Passage(self, super().get_route_handler()).answer

    def body_adapter(self) -> TypeAdapter[Any] | None:
        """Reads the body as JSON, strictly; nothing for a route without one."""
        if self.body_field is None or self._embed_body_fields:
            return None
        info = self.body_field.field_info
        told_apart = Field(discriminator=info.discriminator)
        return TypeAdapter(cast("Any", Annotated)[info.annotation, *info.metadata, told_apart])

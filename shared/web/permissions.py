"""Who may call a route: every route says `allow(...)` or `public()`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, params

from shared.contracts.opportunities import Role
from shared.principals import Principal
from shared.refusals import Unauthenticated
from shared.web.refusals import NotAllowed


@dataclass(frozen=True)
class Permission:
    """The roles a route asks for; none of them for a public one."""

    roles: tuple[Role, ...]
    public: bool = False

    async def __call__(self) -> None:
        """Nothing: the door has taken it out of the route, and checks it itself."""

    def check(self, principal: Principal | None) -> None:
        """Refuse whoever has none of the roles."""
        if self.public:
            return
        if principal is None:
            raise Unauthenticated
        if not principal.is_any(*self.roles):
            raise NotAllowed(roles=", ".join(self.roles))


def allow(*roles: Role) -> Any:  # a dependency marker, as FastAPI's own Depends is typed
    """Anybody with one of these roles may call the route."""
    if not roles:
        raise ValueError("allow() needs roles; a route for anybody says public()")
    return Depends(Permission(roles))


def public() -> Any:
    """Anybody may call the route, unknown or not; it runs as the service itself."""
    return Depends(Permission((), public=True))


EVERYBODY: tuple[Role, ...] = (
    "seller",
    "team_lead",
    "manager",
    "operator",
    "auditor",
    "integrator",
)


def permission_of(dependencies: Sequence[params.Depends] | None) -> Permission | None:
    """The last permission among a route's dependencies: the route's own wins over its router's."""
    found = [d.dependency for d in dependencies or () if isinstance(d.dependency, Permission)]
    return found[-1] if found else None


def without_permissions(dependencies: Sequence[params.Depends] | None) -> list[params.Depends]:
    """What is left for FastAPI to solve: permissions are the door's."""
    return [d for d in dependencies or () if not isinstance(d.dependency, Permission)]

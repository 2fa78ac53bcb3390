"""Who is asking, what they may do, and whose records they may see."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.contracts.opportunities import Role
from shared.db import Scope

ROOT_UNIT = UUID("00000000-0000-8000-8000-000000000001")
"""The enterprise itself; records belong to it until somebody better is known."""

SEE_THEIR_UNIT: frozenset[Role] = frozenset(
    ("team_lead", "manager", "operator", "auditor", "integrator")
)
"""Roles that see their unit and everything below it; a seller sees only what is theirs."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Whoever stands behind a request: a member of staff or a program with an API key."""

    id: UUID
    kind: Literal["person", "client"]
    username: str
    name: str
    roles: frozenset[Role]
    unit_id: UUID
    scope: Scope

    def is_any(self, *roles: Role) -> bool:
        """True when at least one of these roles was given."""
        return not self.roles.isdisjoint(roles)

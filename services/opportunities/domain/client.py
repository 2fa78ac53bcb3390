"""Programs that call the services with an API key."""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.opportunities import ClientDefined, Role
from shared.refusals import Conflict


class ClientNameTaken(Conflict):
    """Another program has this name."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """One program. Its keys carry a version; raising it makes all earlier keys worthless."""

    id: UUID
    name: str
    unit_id: UUID
    roles: tuple[Role, ...]
    key_version: int = 1
    active: bool = True
    sequence: int = 0

    def defined(self) -> ClientDefined:
        return ClientDefined(
            client_id=self.id,
            name=self.name,
            unit_id=self.unit_id,
            roles=self.roles,
            key_version=self.key_version,
            active=self.active,
        )

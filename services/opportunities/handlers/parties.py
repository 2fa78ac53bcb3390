"""Whether the parties that a deal names are what it says."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.opportunities.domain.parties import ROLES, Role, refuse_unfit
from services.opportunities.repository import parties
from shared.db import Tx


async def refuse_unfit_parties(tx: Tx, named: Mapping[str, Any]) -> None:
    """Look at those that are named, as far as they have been heard of."""
    wanted: dict[Role, UUID] = {role: named[role] for role in ROLES if named.get(role) is not None}
    if wanted:
        refuse_unfit(wanted, await parties.known(tx, wanted.values()))

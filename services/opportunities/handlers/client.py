"""Programs that may call: add one, change it, give it a new key."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.opportunities.domain.client import Client
from services.opportunities.domain.definition import define
from services.opportunities.domain.unit import UnitOutsideScope
from services.opportunities.handlers.announce import announce
from services.opportunities.handlers.unit import sees
from services.opportunities.handlers.versions import check_version
from services.opportunities.repository import client as clients
from services.opportunities.repository import unit as units
from shared.db import Tx
from shared.refusals import NotFound


async def add_client(tx: Tx, *, wanted: Client, now: datetime) -> Client:
    """Let a program call; its first key has version 1."""
    return await _define(tx, None, wanted, now=now)


async def change_client(
    tx: Tx,
    *,
    client_id: UUID,
    changes: Mapping[str, Any],
    new_key: bool,
    if_match: int | None,
    now: datetime,
) -> Client:
    """Change what a program may do; a new key makes the old ones worthless."""
    current = await clients.lock(tx, client_id)
    if current is None or not sees(tx, current.unit_id):
        raise NotFound
    check_version(current.sequence, if_match)
    version = current.key_version + 1 if new_key else current.key_version
    return await _define(tx, current, replace(current, **changes, key_version=version), now=now)


async def _define(tx: Tx, current: Client | None, wanted: Client, *, now: datetime) -> Client:
    unit = (await units.lock(tx, [wanted.unit_id])).get(wanted.unit_id)
    if unit is None or not unit.active or not sees(tx, unit.id):
        raise UnitOutsideScope(unit=wanted.unit_id)
    known, events = define(current, wanted)
    await clients.save(tx, known, now=now)
    before = {known.id: current} if current else {}
    await announce(tx, [(known, events)], before=before, now=now)
    return known

"""Members of staff: add them, change them, set their password."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.opportunities.domain import person as staff
from services.opportunities.domain.definition import define
from services.opportunities.domain.person import Person, PersonUnavailable
from services.opportunities.domain.unit import UnitOutsideScope
from services.opportunities.handlers.announce import announce
from services.opportunities.handlers.unit import sees
from services.opportunities.handlers.versions import check_version
from services.opportunities.repository import person as people
from services.opportunities.repository import session as sessions
from services.opportunities.repository import unit as units
from shared import audit, passwords
from shared.access import ROOT_UNIT
from shared.db import Tx
from shared.principals import Principal
from shared.refusals import Forbidden, NotFound


async def add_person(tx: Tx, *, wanted: Person, now: datetime) -> Person:
    """Take somebody on."""
    return await _define(tx, None, wanted, now=now)


async def change_person(
    tx: Tx, *, person_id: UUID, changes: Mapping[str, Any], if_match: int | None, now: datetime
) -> Person:
    """Change what is said of somebody; an inactive person can do nothing any more."""
    current = (await people.lock(tx, [person_id])).get(person_id)
    if current is None or not sees(tx, current.unit_id):
        raise NotFound
    check_version(current.sequence, if_match)
    wanted = replace(current, **changes)
    others = await people.count_other_operators(tx, person_id, root=ROOT_UNIT)
    staff.check_operators(current, wanted, other_operators=others)
    return await _define(tx, current, wanted, now=now)


async def set_password(
    tx: Tx, *, person_id: UUID, password: str, by: Principal, now: datetime
) -> None:
    """Let somebody sign in with a password from now on; one's own, or as an operator."""
    if by.id != person_id and not by.is_any("operator"):
        raise Forbidden
    person = (await people.lock(tx, [person_id])).get(person_id)
    if person is None or not (by.id == person_id or sees(tx, person.unit_id)):
        raise NotFound
    if not person.active:
        raise PersonUnavailable(person=person_id)
    password_hash = await passwords.hash_password(password)
    await sessions.save_password(tx, person_id, password_hash=password_hash, now=now)
    await audit.record(
        tx, action="person.password_set", subject_kind="person", subject_id=person_id
    )


async def _define(tx: Tx, current: Person | None, wanted: Person, *, now: datetime) -> Person:
    unit = (await units.lock(tx, [wanted.unit_id])).get(wanted.unit_id)
    if unit is None or not unit.active or not sees(tx, unit.id):
        raise UnitOutsideScope(unit=wanted.unit_id)
    known, events = define(current, wanted)
    await people.save(tx, [known], now=now)
    before = {known.id: current} if current else {}
    await announce(tx, [(known, events)], before=before, now=now)
    return known

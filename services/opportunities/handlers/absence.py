"""Out of office: planned by oneself or by whoever leads, ended by coming back."""

from datetime import datetime
from uuid import UUID

from services.opportunities.domain import duty
from services.opportunities.domain.duty import Absence
from services.opportunities.domain.person import Person, PersonUnavailable
from services.opportunities.handlers.unit import sees
from services.opportunities.repository import absence as repository
from services.opportunities.repository import epoch
from services.opportunities.repository import person as people
from shared import audit, outbox
from shared.contracts.opportunities import Role
from shared.db import Tx
from shared.principals import Principal
from shared.refusals import Forbidden, NotFound

LEADING: tuple[Role, ...] = ("team_lead", "manager", "operator")


async def plan_absence(tx: Tx, *, wanted: Absence, by: Principal, now: datetime) -> Absence:
    """Plan a time out of office; whoever stands in has to be there to take it."""
    person = await _whose(tx, wanted.person_id, by)
    if not person.active:
        raise PersonUnavailable(person=person.id)
    if wanted.stand_in_id and (
        wanted.stand_in_id == person.id or not await people.active_owners(tx, [wanted.stand_in_id])
    ):
        raise PersonUnavailable(person=wanted.stand_in_id)
    others = await repository.of_person(tx, person.id, since=wanted.starts_at)

    planned, events = duty.plan(wanted, others=others)

    await _write(tx, planned, events, action="person.absence_planned", now=now)
    return planned


async def end_absence(
    tx: Tx, *, person_id: UUID, absence_id: UUID, by: Principal, now: datetime
) -> Absence:
    """End an absence at once, or call off one that is to come."""
    person = await _whose(tx, person_id, by)
    held = await repository.lock(tx, absence_id)
    if held is None or held.person_id != person.id:
        raise NotFound

    ended, events = duty.end(held, by=by.id, now=now)

    await _write(tx, ended, events, action="person.absence_ended", now=now)
    return ended


async def _whose(tx: Tx, person_id: UUID, by: Principal) -> Person:
    """The person, locked: two absences that are planned at once wait for each other."""
    person = (await people.lock(tx, [person_id])).get(person_id)
    if person is None or not (by.id == person_id or sees(tx, person.unit_id)):
        raise NotFound
    if by.id != person_id and not by.is_any(*LEADING):
        raise Forbidden
    return person


async def _write(
    tx: Tx, absence: Absence, events: duty.Events, *, action: str, now: datetime
) -> None:
    await repository.save(tx, absence, now=now)
    await outbox.append(tx, absence, events, at=now)
    await epoch.raise_it(tx)
    await audit.record(
        tx,
        action=action,
        subject_kind="person",
        subject_id=absence.person_id,
        after={
            "starts_at": absence.starts_at.isoformat(),
            "ends_at": absence.ends_at.isoformat(),
            "stand_in_id": absence.stand_in_id and str(absence.stand_in_id),
        },
    )

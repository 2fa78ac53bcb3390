"""What identity providers do to people and units, by the same acts as everybody else's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.opportunities.domain.person import Person
from services.opportunities.domain.unit import Unit
from services.opportunities.handlers import person as people
from services.opportunities.handlers import unit as units
from services.opportunities.repository import provisioned as repository
from services.opportunities.repository import unit as unit_rows
from services.opportunities.schemas.person import PersonChanges
from services.opportunities.schemas.scim import Group, User
from services.opportunities.schemas.unit import UnitChanges
from shared.db import Tx
from shared.ids import new_id
from shared.principals import Principal
from shared.refusals import Conflict, NotFound

FIRST_ROLE = "seller"
"""What somebody may do whom an identity provider brings; operators give more."""


class MemberUnknown(Conflict):
    """There is no user {member} who could be a member."""

    status = 400


async def add_user(tx: Tx, user: User, *, by: Principal, now: datetime) -> UUID:
    """Take somebody on in the unit of the identity provider; whoever it took away comes back."""
    said = _said_of_person(user)
    back = await repository.gone_person(tx, said["username"])
    if back is not None:
        place = {"unit_id": by.unit_id}
        await people.change_person(tx, person_id=back, changes=said | place, if_match=None, now=now)
    else:
        wanted = Person(id=new_id(), unit_id=by.unit_id, roles=(FIRST_ROLE,), **said)
        await people.add_person(tx, wanted=wanted, now=now)
        back = wanted.id
    await repository.note(tx, back, external_id=user.external_id, now=now)
    return back


async def change_user(
    tx: Tx, user_id: UUID, user: User, *, if_match: int | None, now: datetime
) -> None:
    """What is said of somebody is so from now on; one who is not active can do nothing any more."""
    await people.change_person(
        tx, person_id=user_id, changes=_said_of_person(user), if_match=if_match, now=now
    )
    await repository.note(tx, user_id, external_id=user.external_id, now=now)


async def remove_user(
    tx: Tx, user_id: UUID, *, external_id: str | None, if_match: int | None, now: datetime
) -> None:
    """Somebody is gone for the identity provider; what they have and did stays theirs until handed over."""
    await people.change_person(
        tx, person_id=user_id, changes={"active": False}, if_match=if_match, now=now
    )
    await repository.note(tx, user_id, external_id=external_id, gone=True, now=now)


async def add_group(tx: Tx, group: Group, *, by: Principal, now: datetime) -> UUID:
    """A team below the unit of the identity provider."""
    said = _said_of_unit(group)
    wanted = Unit(id=new_id(), kind="team", parent_id=by.unit_id, **said)
    await units.add_unit(tx, wanted=wanted, now=now)
    await _have_members(tx, wanted, group, now=now)
    await repository.note(tx, wanted.id, external_id=group.external_id, now=now)
    return wanted.id


async def change_group(
    tx: Tx, group_id: UUID, group: Group, *, if_match: int | None, now: datetime
) -> None:
    """The unit's name, and who belongs to it."""
    unit = await units.change_unit(
        tx, unit_id=group_id, changes=_said_of_unit(group), if_match=if_match, now=now
    )
    await _have_members(tx, unit, group, now=now)
    await repository.note(tx, group_id, external_id=group.external_id, now=now)


async def remove_group(
    tx: Tx, group_id: UUID, *, external_id: str | None, if_match: int | None, now: datetime
) -> None:
    """The unit is closed, and its people belong to the one above."""
    unit = (await unit_rows.lock(tx, [group_id])).get(group_id)
    if unit is None:
        raise NotFound
    await _have_members(tx, unit, Group(), now=now)
    await units.change_unit(
        tx, unit_id=group_id, changes={"active": False}, if_match=if_match, now=now
    )
    await repository.note(tx, group_id, external_id=external_id, gone=True, now=now)


async def _have_members(tx: Tx, unit: Unit, group: Group, *, now: datetime) -> None:
    """Who is named belongs here, who is not any more to the unit above: everybody belongs somewhere."""
    wanted = {_id_of(member.value) for member in group.members or ()}
    present = await repository.people_of(tx, unit.id)
    for person_id in sorted(wanted - present):
        await _move(tx, person_id, unit.id, now=now)
    if unit.parent_id is None:
        return
    for person_id in sorted(present - wanted):
        await _move(tx, person_id, unit.parent_id, now=now)


async def _move(tx: Tx, person_id: UUID, unit_id: UUID, *, now: datetime) -> None:
    try:
        await people.change_person(
            tx, person_id=person_id, changes={"unit_id": unit_id}, if_match=None, now=now
        )
    except NotFound as unknown:
        raise MemberUnknown(member=person_id) from unknown


def _id_of(value: str | None) -> UUID:
    try:
        return UUID(value or "")
    except ValueError as no_id:
        raise MemberUnknown(member=value or "") from no_id


def _said_of_person(user: User) -> dict[str, Any]:
    """What is kept of a user; raises `ValidationError` for what nobody can be called."""
    mails = [email.value for email in user.emails or () if email.value]
    said = PersonChanges(
        username=(user.user_name or "").lower(),
        name=user.display_name,
        email=mails[0] if mails else "",
        active=user.active is not False,
    )
    return said.model_dump(exclude_unset=True)


def _said_of_unit(group: Group) -> dict[str, Any]:
    return UnitChanges(name=group.display_name).model_dump(exclude_unset=True)

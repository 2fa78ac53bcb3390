"""Members of staff over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.opportunities.domain.duty import Absence
from services.opportunities.domain.person import Person
from services.opportunities.handlers import absence as absences
from services.opportunities.handlers import person as handlers
from services.opportunities.queries import directory as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.fields import sent
from services.opportunities.schemas.person import (
    CLEARABLE,
    AbsenceOut,
    NewAbsence,
    NewPerson,
    PersonChanges,
    PersonOut,
)
from services.opportunities.schemas.unit import VersionOut
from shared.ids import external_id, new_id
from shared.web import EVERYBODY, Actor, IfMatch, Now, Page, PageParams, Tx, allow, door, etag

router = door.router(prefix="/persons", tags=["directory"])


@router.get("", response_model=Page[PersonOut], dependencies=[allow(*EVERYBODY)])
async def list_persons(
    tx: Tx,
    page: PageParams,
    unit_id: UUID | None = None,
    username: Annotated[str | None, Query(max_length=64)] = None,
    active: bool | None = None,
) -> Page[PersonOut]:
    """People of your part of the organisation; a unit includes those below it."""
    people = await queries.people(tx, page, unit_id=unit_id, username=username, active=active)
    return page.page(people, sort=lambda person: (person.created_at, person.id))


@router.post(
    "/{person_id}/absences",
    status_code=201,
    response_model=AbsenceOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator")],
)
async def plan_absence(
    person_id: UUID, body: NewAbsence, tx: Tx, actor: Actor, now: Now
) -> AbsenceOut:
    """Plan a time out of office: one's own, or that of somebody one leads."""
    wanted = Absence(id=new_id(), person_id=person_id, planned_by=actor.id, **body.model_dump())
    planned = await absences.plan_absence(tx, wanted=wanted, by=actor, now=now)
    return found(await queries.absence(tx, planned.id))


@router.get(
    "/{person_id}/absences", response_model=Page[AbsenceOut], dependencies=[allow(*EVERYBODY)]
)
async def list_absences(person_id: UUID, tx: Tx, page: PageParams) -> Page[AbsenceOut]:
    """When somebody is out of office, the latest first."""
    found(await queries.person(tx, person_id))
    items = await queries.absences(tx, page, person_id=person_id)
    return page.page(items, sort=lambda item: (item.starts_at, item.id))


@router.delete(
    "/{person_id}/absences/{absence_id}",
    status_code=204,
    dependencies=[allow("seller", "team_lead", "manager", "operator")],
)
async def end_absence(person_id: UUID, absence_id: UUID, tx: Tx, actor: Actor, now: Now) -> None:
    """They are back, or do not leave at all."""
    await absences.end_absence(tx, person_id=person_id, absence_id=absence_id, by=actor, now=now)


@router.get("/{person_id}", response_model=PersonOut, dependencies=[allow(*EVERYBODY)])
async def get_person(person_id: UUID, tx: Tx, response: Response) -> PersonOut:
    """One member of staff."""
    person = found(await queries.person(tx, person_id))
    etag(response, person.sequence)
    return person


@router.get(
    "/{person_id}/history", response_model=list[VersionOut], dependencies=[allow(*EVERYBODY)]
)
async def list_person_versions(person_id: UUID, tx: Tx) -> list[VersionOut]:
    """Where somebody was and what they could do, the latest first."""
    found(await queries.person(tx, person_id))
    return await queries.versions(tx, person_id)


@router.post("", status_code=201, response_model=PersonOut, dependencies=[allow("operator")])
async def add_person(body: NewPerson, tx: Tx, now: Now) -> PersonOut:
    """Take somebody on; they sign in through an identity provider, or once they have a password."""
    known = body.external
    wanted = Person(
        id=external_id("person", known.system, known.id) if known else new_id(),
        **{name: getattr(body, name) for name in NewPerson.model_fields},
    )
    person = await handlers.add_person(tx, wanted=wanted, now=now)
    return found(await queries.person(tx, person.id))


@router.patch("/{person_id}", response_model=PersonOut, dependencies=[allow("operator")])
async def change_person(
    person_id: UUID, body: PersonChanges, tx: Tx, now: Now, if_match: IfMatch, response: Response
) -> PersonOut:
    """Change somebody's place, roles, skills or caps; `active: false` ends their access."""
    changes = sent(body, optional=CLEARABLE)
    person = await handlers.change_person(
        tx, person_id=person_id, changes=changes, if_match=if_match, now=now
    )
    etag(response, person.sequence)
    return found(await queries.person(tx, person_id))

"""Members of staff over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.opportunities.domain.person import Person
from services.opportunities.handlers import person as handlers
from services.opportunities.queries import directory as queries
from services.opportunities.routes.shown import found
from services.opportunities.schemas.fields import sent
from services.opportunities.schemas.person import CLEARABLE, NewPerson, PersonChanges, PersonOut
from shared.ids import external_id, new_id
from shared.web import EVERYBODY, IfMatch, Now, Page, PageParams, Tx, allow, door, etag

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


@router.get("/{person_id}", response_model=PersonOut, dependencies=[allow(*EVERYBODY)])
async def get_person(person_id: UUID, tx: Tx, response: Response) -> PersonOut:
    """One member of staff."""
    person = found(await queries.person(tx, person_id))
    etag(response, person.sequence)
    return person


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

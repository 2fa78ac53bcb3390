"""This service's copy of the directory: who may sign in, and whose records they may see."""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

import asyncpg

from shared.consumer import Consumer, Heard
from shared.contracts.base import Event
from shared.contracts.opportunities import (
    AnyDirectoryEvent,
    ClientDefined,
    PersonDefined,
    UnitDefined,
)
from shared.db import Scope, Tx
from shared.principals import ROOT_UNIT, SEE_THEIR_UNIT, Principal
from shared.tokens import Claims

__all__ = ["ROOT_UNIT", "Principal", "apply", "define", "listening", "resolve", "sight_of"]

E = TypeVar("E", bound=Event)


def listening(consumer: Consumer) -> Consumer:
    """A service's consumer that also keeps this copy, before the service itself hears of it."""
    directory = Consumer()
    directory.on(UnitDefined, PersonDefined, ClientDefined)(apply)
    return consumer.joined_with(directory)


async def apply(tx: Tx, batch: Sequence[Heard[AnyDirectoryEvent]]) -> None:
    """Keep what the directory announced."""
    await define(tx, [heard.event for heard in batch])


async def define(tx: Tx, events: Sequence[Event]) -> None:
    """Keep what these events say; at most one about each unit, person and client."""
    await _define_units(tx, _of(UnitDefined, events))
    await _define_people(tx, _of(PersonDefined, events))
    await _define_clients(tx, _of(ClientDefined, events))


def _of(kind: type[E], events: Iterable[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


async def _define_units(tx: Tx, units: Sequence[UnitDefined]) -> None:
    if not units:
        return
    # Two moves at once could each compute ancestors from half of the tree.
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('access_closure ' || current_schema))")
    await tx.execute(
        """
        INSERT INTO access_unit (unit_id, name, kind, parent_id, active, live_since)
        SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::boolean[],
                      $6::timestamptz[])
            ON CONFLICT (unit_id)
            DO UPDATE
           SET name = excluded.name,
               kind = excluded.kind,
               parent_id = excluded.parent_id,
               active = excluded.active,
               live_since = excluded.live_since
        """,
        [unit.unit_id for unit in units],
        [unit.name for unit in units],
        [unit.kind for unit in units],
        [unit.parent_id for unit in units],
        [unit.active for unit in units],
        [unit.live_since for unit in units],
    )
    await _recompute_closure(tx, [unit.unit_id for unit in units])


async def _recompute_closure(tx: Tx, unit_ids: Sequence[UUID]) -> None:
    """Walk up anew from each changed unit and from all below it.

    `UNION` ends walks in a circle; a unit whose parent is not known yet still counts as below it.
    """
    affected: list[UUID] = await tx.fetchval(
        """
        WITH RECURSIVE below AS (
            SELECT unnest($1::uuid[]) AS unit_id
             UNION
            SELECT child.unit_id
              FROM below
              JOIN access_unit AS child ON child.parent_id = below.unit_id
        )
        SELECT array_agg(unit_id) FROM below
        """,
        unit_ids,
    )
    await tx.execute("DELETE FROM access_closure WHERE unit = ANY($1::uuid[])", affected)
    await tx.execute(
        """
        WITH RECURSIVE above AS (
            SELECT unit_id AS unit, unit_id AS ancestor
              FROM unnest($1::uuid[]) AS affected (unit_id)
             UNION
            SELECT above.unit, coalesce(parent.parent_id, $2)
              FROM above
              JOIN access_unit AS parent ON parent.unit_id = above.ancestor
        )
        INSERT INTO access_closure (ancestor, unit)
        SELECT ancestor, unit FROM above
        """,
        affected,
        ROOT_UNIT,
    )


async def _define_people(tx: Tx, people: Sequence[PersonDefined]) -> None:
    if not people:
        return
    await tx.execute(
        """
        INSERT INTO access_person (person_id, username, name, email, language,
                                   unit_id, roles, active)
        SELECT person_id, username, name, email, language,
               unit_id, string_to_array(roles, ','), active
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[],
                      $6::uuid[], $7::text[], $8::boolean[])
            AS defined (person_id, username, name, email, language, unit_id, roles, active)
            ON CONFLICT (person_id)
            DO UPDATE
           SET username = excluded.username,
               name = excluded.name,
               email = excluded.email,
               language = excluded.language,
               unit_id = excluded.unit_id,
               roles = excluded.roles,
               active = excluded.active
        """,
        [person.person_id for person in people],
        [person.username for person in people],
        [person.name for person in people],
        [person.email for person in people],
        [person.language for person in people],
        [person.unit_id for person in people],
        [",".join(person.roles) for person in people],
        [person.active for person in people],
    )


async def _define_clients(tx: Tx, clients: Sequence[ClientDefined]) -> None:
    if not clients:
        return
    await tx.execute(
        """
        INSERT INTO access_client (client_id, name, unit_id, roles, key_version, active)
        SELECT client_id, name, unit_id, string_to_array(roles, ','), key_version, active
          FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::int[], $6::boolean[])
            AS defined (client_id, name, unit_id, roles, key_version, active)
            ON CONFLICT (client_id)
            DO UPDATE
           SET name = excluded.name,
               unit_id = excluded.unit_id,
               roles = excluded.roles,
               key_version = excluded.key_version,
               active = excluded.active
        """,
        [client.client_id for client in clients],
        [client.name for client in clients],
        [client.unit_id for client in clients],
        [",".join(client.roles) for client in clients],
        [client.key_version for client in clients],
        [client.active for client in clients],
    )


async def resolve(tx: Tx, claims: Claims) -> Principal | None:
    """Who a valid token stands for at present; nothing when they may not sign in any more."""
    row = await (_client(tx, claims) if claims.kind == "client" else _person(tx, claims))
    if row is None:
        return None
    roles = frozenset(row["roles"])
    return Principal(
        id=row["id"],
        kind=claims.kind,
        username=row["username"],
        name=row["name"],
        roles=roles,
        unit_id=row["unit_id"],
        scope=await _scope(tx, row["id"], row["unit_id"], wide=bool(roles & SEE_THEIR_UNIT)),
    )


async def _person(tx: Tx, claims: Claims) -> asyncpg.Record | None:
    found = await tx.fetch(
        """
        SELECT person_id AS id, username, name, unit_id, roles
          FROM access_person
         WHERE active
           AND (person_id = $1 OR lower(username) = lower($2))
         LIMIT 2
        """,
        claims.id,
        claims.username,
    )
    # A name that two people bear, while it passes from one to the other, opens neither's account.
    return found[0] if len(found) == 1 else None


async def _client(tx: Tx, claims: Claims) -> asyncpg.Record | None:
    return await tx.fetchrow(
        """
        SELECT client_id AS id, name AS username, name, unit_id, roles
          FROM access_client
         WHERE active
           AND client_id = $1
           AND key_version = $2
        """,
        claims.id,
        claims.key_version,
    )


async def sight_of(tx: Tx, person_id: UUID, unit_id: UUID) -> Scope:
    """What somebody may see who answers for a unit."""
    return await _scope(tx, person_id, unit_id, wide=True)


async def _scope(tx: Tx, person_id: UUID, unit_id: UUID, *, wide: bool) -> Scope:
    if not wide:
        return Scope(person_id=person_id)
    everything = unit_id == ROOT_UNIT
    units: Sequence[UUID] = await tx.fetchval(
        """
        SELECT coalesce(array_agg(unit_id ORDER BY unit_id), '{}')
          FROM (SELECT unit AS unit_id FROM access_closure WHERE ancestor = $1
                 UNION
                SELECT unit_id FROM access_unit WHERE $2
                 UNION
                SELECT $1) AS seen
        """,
        unit_id,
        everything,
    )
    return Scope(units=tuple(units), person_id=person_id, everything=everything)

"""People and units as identity providers read them, within the part of the enterprise that theirs is."""

from uuid import UUID

import asyncpg
from scim2_models import Meta, Reference

from services.opportunities.schemas.scim import Email, Group, GroupOfUser, Member, User
from shared.db import Tx


async def users(
    tx: Tx, base: str, *, user_id: UUID | None = None, username: str | None = None
) -> list[User]:
    """Everybody, or one of them; the first that came first."""
    rows = await tx.fetch(
        """
        SELECT person.id, username, person.name, email, person.active, unit_id, unit.name AS unit_name,
               person.sequence, person.created_at, external_id_of.external_id,
               coalesce(changed_at, person.created_at) AS changed_at
          FROM person
          JOIN unit ON unit.id = person.unit_id
          LEFT JOIN provisioned AS external_id_of ON external_id_of.id = person.id
         WHERE ($1 OR person.unit_id = ANY($2::uuid[]))
           AND ($3::uuid IS NULL OR person.id = $3)
           AND ($4::text IS NULL OR username = $4)
           AND deleted_at IS NULL
         ORDER BY person.created_at, person.id
        """,
        tx.scope.everything,
        tx.scope.units,
        user_id,
        username,
    )
    return [_user(row, base) for row in rows]


async def groups(tx: Tx, base: str, *, group_id: UUID | None = None) -> list[Group]:
    """All units that are there, or one of them, with their own people."""
    rows = await tx.fetch(
        """
        SELECT unit.id, unit.name, unit.sequence, unit.created_at, external_id_of.external_id,
               coalesce(changed_at, unit.created_at) AS changed_at,
               array(SELECT person.id
                       FROM person
                       LEFT JOIN provisioned ON provisioned.id = person.id
                      WHERE person.unit_id = unit.id
                        AND provisioned.deleted_at IS NULL
                      ORDER BY person.created_at, person.id) AS members
          FROM unit
          LEFT JOIN provisioned AS external_id_of ON external_id_of.id = unit.id
         WHERE ($1 OR unit.id = ANY($2::uuid[]))
           AND ($3::uuid IS NULL OR unit.id = $3)
           AND unit.active
           AND deleted_at IS NULL
         ORDER BY unit.created_at, unit.id
        """,
        tx.scope.everything,
        tx.scope.units,
        group_id,
    )
    return [_group(row, base) for row in rows]


def _user(row: asyncpg.Record, base: str) -> User:
    return User(
        id=str(row["id"]),
        external_id=row["external_id"],
        user_name=row["username"],
        display_name=row["name"],
        active=row["active"],
        emails=[Email(value=row["email"])] if row["email"] else None,
        groups=[
            GroupOfUser(
                value=str(row["unit_id"]),
                ref=Reference[Group](f"{base}/Groups/{row['unit_id']}"),
                display=row["unit_name"],
            )
        ],
        meta=_meta(row, "User", f"{base}/Users/{row['id']}"),
    )


def _group(row: asyncpg.Record, base: str) -> Group:
    members = [
        Member(value=str(person_id), ref=Reference[User](f"{base}/Users/{person_id}"))
        for person_id in row["members"]
    ]
    return Group(
        id=str(row["id"]),
        external_id=row["external_id"],
        display_name=row["name"],
        members=members or None,
        meta=_meta(row, "Group", f"{base}/Groups/{row['id']}"),
    )


def _meta(row: asyncpg.Record, kind: str, location: str) -> Meta:
    return Meta(
        resource_type=kind,
        created=row["created_at"],
        last_modified=row["changed_at"],
        location=location,
        version=f'W/"{row["sequence"]}"',
    )

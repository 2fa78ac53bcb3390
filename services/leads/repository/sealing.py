"""Rows that stand in clear since before persons were sealed, sealed where they stand."""

from collections.abc import Sequence
from typing import Any

import orjson
from asyncpg import Record

from services.leads.domain.bant import Bant
from services.leads.domain.identity import Key
from services.leads.domain.person import Person
from services.leads.domain.phone import Phone
from services.leads.repository import bodies
from services.leads.repository.contact import marks_of_person
from services.leads.repository.keys import mark_of
from services.leads.repository.rows import Sealed, place_of, seal, sealed_columns
from shared.db import Tx


async def mark_identities(tx: Tx, *, limit: int) -> int:
    """Numbers and addresses that leads go by become keyed hashes."""
    rows = await tx.fetch(
        """
        SELECT kind, value
          FROM lead_identity
         WHERE kind <> 'external' AND (strpos(value, '@') > 0 OR strpos(value, '+') > 0)
         ORDER BY kind, value
         LIMIT $1
           FOR UPDATE
        """,
        limit,
    )
    await tx.execute(
        """
        UPDATE lead_identity AS held
           SET value = new.mark
          FROM unnest($1::text[], $2::text[], $3::text[]) AS new (kind, value, mark)
         WHERE held.kind = new.kind
           AND held.value = new.value
        """,
        [row["kind"] for row in rows],
        [row["value"] for row in rows],
        [mark_of(tx, Key(row["kind"], row["value"])) for row in rows],
    )
    return len(rows)


async def seal_leads(tx: Tx, *, limit: int) -> int:
    """The persons of leads, with what was said of them by whom."""
    rows = await tx.fetch(
        """
        SELECT id, name, phone, phone_kind, mail, address, notes, attributes, bant
          FROM lead
         WHERE sealed IS NULL
         ORDER BY id
         LIMIT $1
           FOR UPDATE
        """,
        limit,
    )
    sealed = [
        sealed_columns(
            tx,
            place_of("lead", row["id"]),
            _person(row),
            row["attributes"],
            Bant.model_validate(row["bant"] or {}),
        )
        for row in rows
    ]
    await tx.execute(
        """
        UPDATE lead
           SET sealed = new.sealed,
               attributes = new.attributes,
               has_mail = lead.mail <> '',
               name = NULL,
               phone = NULL,
               mail = NULL,
               address = NULL,
               notes = NULL,
               bant = NULL
          FROM unnest($1::uuid[], $2::bytea[], $3::jsonb[]) AS new (id, sealed, attributes)
         WHERE lead.id = new.id
        """,
        [row["id"] for row in rows],
        [text for text, _ in sealed],
        [attributes for _, attributes in sealed],
    )
    return len(rows)


async def seal_contacts(tx: Tx, *, limit: int) -> int:
    """Who speaks for customers."""
    rows = await tx.fetch(
        """
        SELECT id, name, phone, phone_kind, mail, address, notes
          FROM contact
         WHERE sealed IS NULL
         ORDER BY id
         LIMIT $1
           FOR UPDATE
        """,
        limit,
    )
    persons = [_person(row) for row in rows]
    marks = [marks_of_person(tx, person) for person in persons]
    await tx.execute(
        """
        UPDATE contact
           SET sealed = new.sealed,
               phone_mark = new.phone_mark,
               mail_mark = new.mail_mark,
               name = NULL,
               phone = NULL,
               mail = NULL,
               address = NULL,
               notes = NULL
          FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[])
            AS new (id, sealed, phone_mark, mail_mark)
         WHERE contact.id = new.id
        """,
        [row["id"] for row in rows],
        [
            seal(tx, place_of("contact", row["id"]), Sealed(person=person))
            for row, person in zip(rows, persons, strict=True)
        ],
        [mark.get("phone") for mark in marks],
        [mark.get("mail") for mark in marks],
    )
    return len(rows)


async def seal_evidence(tx: Tx, *, limit: int) -> int:
    """What was claimed of leads, and who claimed it."""
    rows = await tx.fetch(
        """
        SELECT id, claim, said_by
          FROM lead_evidence
         WHERE sealed IS NULL
         ORDER BY id
         LIMIT $1
           FOR UPDATE
        """,
        limit,
    )
    words = [{"claim": row["claim"], "said_by": row["said_by"]} for row in rows]
    await tx.execute(
        """
        UPDATE lead_evidence
           SET sealed = new.sealed, claim = NULL, said_by = NULL
          FROM unnest($1::uuid[], $2::bytea[]) AS new (id, sealed)
         WHERE lead_evidence.id = new.id
        """,
        [row["id"] for row in rows],
        _sealed(tx, "lead_evidence", rows, words),
    )
    return len(rows)


async def seal_merges(tx: Tx, *, limit: int) -> int:
    """What merged leads had taken over, and by which keys they went."""
    rows = await tx.fetch(
        """
        SELECT id, taken, keys
          FROM merge
         WHERE sealed IS NULL
         ORDER BY id
         LIMIT $1
           FOR UPDATE
        """,
        limit,
    )
    await tx.execute(
        """
        UPDATE merge
           SET sealed = new.sealed, keys = new.keys, taken = NULL
          FROM unnest($1::uuid[], $2::bytea[], $3::jsonb[]) AS new (id, sealed, keys)
         WHERE merge.id = new.id
        """,
        [row["id"] for row in rows],
        _sealed(tx, "merge", rows, [row["taken"] for row in rows]),
        [_marked(tx, row["keys"]) for row in rows],
    )
    return len(rows)


async def seal_submissions(tx: Tx, *, limit: int) -> int:
    """What senders sent."""
    rows = await tx.fetch(
        """
        SELECT id, body, opened, mended, content_hash
          FROM submission
         WHERE NOT is_sealed
         ORDER BY id
         LIMIT $1
           FOR UPDATE
        """,
        limit,
    )
    await tx.execute(
        """
        UPDATE submission
           SET body = new.body,
               opened = new.opened,
               mended = new.mended,
               content_hash = new.content_hash,
               is_sealed = true
          FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
            AS new (id, body, opened, mended, content_hash)
         WHERE submission.id = new.id
        """,
        [row["id"] for row in rows],
        *(
            [
                bodies.seal(tx, row["id"], row[name]) if row[name] is not None else None
                for row in rows
            ]
            for name in ("body", "opened", "mended")
        ),
        [
            bodies.content_mark(tx, row["content_hash"]) if row["content_hash"] else None
            for row in rows
        ],
    )
    return len(rows)


def _person(row: Record) -> Person:
    phone = Phone(number=row["phone"], kind=row["phone_kind"]) if row["phone"] else None
    return Person(
        name=row["name"],
        phone=phone,
        mail=row["mail"],
        address=row["address"],
        notes=row["notes"],
    )


def _sealed(tx: Tx, kind: str, rows: Sequence[Record], said: Sequence[Any]) -> list[bytes]:
    return [
        tx.sealer.seal(orjson.dumps(words), place=place_of(kind, row["id"]))
        for row, words in zip(rows, said, strict=True)
    ]


def _marked(tx: Tx, keys: Sequence[Sequence[str]]) -> list[list[str]]:
    """The keys that were moved, as they are stored now; names of companies stay names."""
    return [
        [kind, mark_of(tx, Key(kind, value)) if kind in ("phone", "mail") else value]  # pyright: ignore[reportArgumentType] - a kind of key, as it was kept
        for kind, value in keys
    ]

"""Traces of imports: what each did to which record, for as long as it can be undone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.leads.domain.contact import Contact
from services.leads.domain.customer import Customer
from services.leads.domain.identity import Key
from services.leads.domain.taking_back import RecordTrace
from services.leads.domain.undone_import import Trace
from services.leads.repository.contact import contact_of
from services.leads.repository.customer import customer_of
from services.leads.repository.lead import lead_of
from shared.db import Tx

KEPT_FOR = timedelta(days=8)
"""A day longer than an import can be undone: it may have taken hours."""

Place = tuple[UUID, UUID]
"""The record and the import."""


async def keep(tx: Tx, import_id: UUID, lead_ids: Sequence[UUID], *, now: datetime) -> None:
    """Keep how locked leads are before an import changes them; of several times the first counts.

    One that was withdrawn is not here: an import that brings it back makes it.
    """
    await tx.execute(
        """
        INSERT INTO import_trace (subject_id, import_id, before, noted_at)
        SELECT id, $1, CASE WHEN state <> 'withdrawn' THEN to_jsonb(lead) END, $3
          FROM lead
         WHERE id = ANY($2)
            ON CONFLICT (subject_id, import_id)
            DO NOTHING
        """,
        import_id,
        lead_ids,
        now,
    )


async def note(tx: Tx, import_id: UUID, after: Mapping[UUID, bytes], *, now: datetime) -> None:
    """Note how an import left records; those of which nothing was kept before, it made."""
    if not after:
        return
    await tx.later(
        """
        INSERT INTO import_trace (subject_id, import_id, after, noted_at)
        SELECT subject_id, $1, after, $4
          FROM unnest($2::uuid[], $3::bytea[]) AS now (subject_id, after)
            ON CONFLICT (subject_id, import_id)
            DO UPDATE
           SET after = excluded.after
        """,
        import_id,
        list(after),
        list(after.values()),
        now,
    )


async def note_work(tx: Tx, subject_ids: Collection[UUID]) -> None:
    """Somebody has worked on these records, whoever imported them."""
    await tx.execute(
        """
        UPDATE import_trace
           SET worked = true
         WHERE subject_id = ANY($1)
           AND NOT worked
        """,
        list(subject_ids),
    )


async def of_leads(tx: Tx, import_id: UUID, lead_ids: Collection[UUID]) -> dict[UUID, Trace]:
    """What an import did to those of these leads that it changed."""
    rows = await tx.fetch(
        """
        SELECT import_trace.subject_id, import_trace.after, import_trace.worked, past.*
          FROM import_trace
          LEFT JOIN LATERAL jsonb_populate_record(NULL::lead, import_trace.before) AS past
            ON import_trace.before IS NOT NULL
         WHERE import_trace.import_id = $1
           AND import_trace.subject_id = ANY($2)
           AND import_trace.after IS NOT NULL
        """,
        import_id,
        list(lead_ids),
    )
    return {
        row["subject_id"]: Trace(
            before=lead_of(tx, row) if row["id"] else None, after=row["after"], worked=row["worked"]
        )
        for row in rows
    }


async def keep_customers(
    tx: Tx, import_id: UUID, customer_ids: Sequence[UUID], *, now: datetime
) -> None:
    """Keep how locked customers are before an import changes them; see `keep`."""
    await tx.execute(
        """
        INSERT INTO import_trace (subject_id, import_id, before, noted_at)
        SELECT id, $1, CASE WHEN withdrawn_at IS NULL THEN to_jsonb(customer) END, $3
          FROM customer
         WHERE id = ANY($2)
            ON CONFLICT (subject_id, import_id)
            DO NOTHING
        """,
        import_id,
        customer_ids,
        now,
    )


async def note_records(
    tx: Tx, import_id: UUID, changed: Sequence[Customer] | Sequence[Contact], *, now: datetime
) -> None:
    """Note how an import left customers or contacts: by their sequence, which every change raises."""
    after = {held.id: held.sequence.to_bytes(4) for held in changed}
    await note(tx, import_id, after, now=now)


async def of_customers(
    tx: Tx, import_id: UUID, customer_ids: Collection[UUID]
) -> dict[UUID, RecordTrace[Customer]]:
    """What an import did to those of these customers that it changed."""
    rows = await tx.fetch(
        """
        SELECT import_trace.subject_id, import_trace.after, past.*
          FROM import_trace
          LEFT JOIN LATERAL jsonb_populate_record(NULL::customer, import_trace.before) AS past
            ON import_trace.before IS NOT NULL
         WHERE import_trace.import_id = $1
           AND import_trace.subject_id = ANY($2)
           AND import_trace.after IS NOT NULL
        """,
        import_id,
        list(customer_ids),
    )
    return {
        row["subject_id"]: RecordTrace(
            before=customer_of(row) if row["id"] else None, after=int.from_bytes(row["after"])
        )
        for row in rows
    }


async def keep_contacts(
    tx: Tx, import_id: UUID, contact_ids: Sequence[UUID], *, now: datetime
) -> None:
    """Keep how locked contacts are before an import changes them, and for whom they speak; see `keep`."""
    await tx.execute(
        """
        INSERT INTO import_trace (subject_id, import_id, before, noted_at)
        SELECT id, $1,
               CASE WHEN withdrawn_at IS NULL
                    THEN to_jsonb(contact) || jsonb_build_object('roles', (
                             SELECT jsonb_object_agg(link.customer_id, link.role)
                               FROM contact_link AS link
                              WHERE link.contact_id = contact.id)) END,
               $3
          FROM contact
         WHERE id = ANY($2)
            ON CONFLICT (subject_id, import_id)
            DO NOTHING
        """,
        import_id,
        contact_ids,
        now,
    )


async def of_contacts(
    tx: Tx, import_id: UUID, contact_ids: Collection[UUID]
) -> dict[UUID, RecordTrace[Contact]]:
    """What an import did to those of these contacts that it changed."""
    rows = await tx.fetch(
        """
        SELECT import_trace.subject_id, import_trace.after, past.*,
               import_trace.before->'roles' AS roles
          FROM import_trace
          LEFT JOIN LATERAL jsonb_populate_record(NULL::contact, import_trace.before) AS past
            ON import_trace.before IS NOT NULL
         WHERE import_trace.import_id = $1
           AND import_trace.subject_id = ANY($2)
           AND import_trace.after IS NOT NULL
        """,
        import_id,
        list(contact_ids),
    )
    return {
        row["subject_id"]: RecordTrace(
            before=contact_of(tx, row) if row["id"] else None, after=int.from_bytes(row["after"])
        )
        for row in rows
    }


async def forget(tx: Tx, places: Sequence[Place]) -> None:
    """There is nothing more to take back here."""
    await tx.execute(
        """
        DELETE FROM import_trace
         USING unnest($1::uuid[], $2::uuid[]) AS gone (subject_id, import_id)
         WHERE import_trace.subject_id = gone.subject_id
           AND import_trace.import_id = gone.import_id
        """,
        [subject_id for subject_id, _ in places],
        [import_id for _, import_id in places],
    )


async def forget_people(tx: Tx, subject_ids: Collection[UUID]) -> int:
    """Nothing that an import changed about these leads or contacts can be undone; how many traces there were."""
    gone = await tx.fetch(
        "DELETE FROM import_trace WHERE subject_id = ANY($1) RETURNING import_id", subject_ids
    )
    return len(gone)


async def outlived(tx: Tx, *, now: datetime, limit: int) -> Sequence[Place]:
    """Traces of imports that cannot be undone any more."""
    rows = await tx.fetch(
        """
        SELECT subject_id, import_id
          FROM import_trace
         WHERE noted_at < $1
         LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now - KEPT_FOR,
        limit,
    )
    return [(row["subject_id"], row["import_id"]) for row in rows]


async def leads_of(tx: Tx, keys: Collection[Key]) -> dict[Key, UUID]:
    """Which leads the records of another system became, or joined."""
    rows = await tx.fetch(
        """
        SELECT kind, value, lead_id
          FROM lead_identity
         WHERE kind = 'external'
           AND value = ANY($1)
        """,
        [key.value for key in keys],
    )
    return {Key(row["kind"], row["value"]): row["lead_id"] for row in rows}


async def release_all_but(tx: Tx, kept: Mapping[UUID, Key]) -> None:
    """Leads go by one key and no other."""
    await tx.execute(
        """
        DELETE FROM lead_identity AS held
         USING unnest($1::uuid[], $2::text[], $3::text[]) AS kept (lead_id, kind, value)
         WHERE held.lead_id = kept.lead_id
           AND (held.kind, held.value) <> (kept.kind, kept.value)
        """,
        list(kept),
        [key.kind for key in kept.values()],
        [key.value for key in kept.values()],
    )


async def forget_rows(tx: Tx, keys: Collection[Key]) -> None:
    """Rows of these records are news again, also if they say what they said before."""
    await tx.execute(
        """
        UPDATE lead_identity
           SET row_hash = NULL
         WHERE kind = 'external'
           AND value = ANY($1)
        """,
        [key.value for key in keys],
    )


async def forget_touches(tx: Tx, import_id: UUID, lead_ids: Collection[UUID]) -> None:
    """Nobody came: these leads were made by the import alone."""
    await tx.execute(
        """
        DELETE FROM touch
         WHERE submission_id = $1
           AND lead_id = ANY($2)
        """,
        import_id,
        list(lead_ids),
    )

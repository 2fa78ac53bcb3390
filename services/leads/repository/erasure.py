"""Erasing what refers to a person's records; each function says how many rows it was."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.leads.domain.contact import Contact
from services.leads.domain.erasure import Circle
from services.leads.repository.contact import contact_of
from services.leads.repository.merge import seal_taken
from services.leads.repository.rows import NOBODY, place_of, seal
from shared.db import Tx


async def circle(tx: Tx, known: Circle) -> Circle:
    """The records that are the same person's as these: merged, converted, or reached the same way."""
    rows = await tx.fetch(
        """
        WITH marks AS (
            SELECT kind, value
              FROM lead_identity
             WHERE lead_id = ANY($1)
               AND kind <> 'external'
             UNION
            SELECT 'phone', phone_mark FROM contact WHERE id = ANY($2) AND phone_mark IS NOT NULL
             UNION
            SELECT 'mail', mail_mark FROM contact WHERE id = ANY($2) AND mail_mark IS NOT NULL
        )
        SELECT 'lead' AS kind, id FROM lead WHERE id = ANY($1)
         UNION
        SELECT 'lead', id FROM lead WHERE merged_into = ANY($1)
         UNION
        SELECT 'lead', merged_into FROM lead WHERE id = ANY($1) AND merged_into IS NOT NULL
         UNION
        SELECT 'lead', id FROM lead WHERE contact_id = ANY($2)
         UNION
        SELECT 'lead', lead_id FROM contact WHERE id = ANY($2) AND lead_id IS NOT NULL
         UNION
        SELECT 'lead', lead_id FROM lead_identity JOIN marks USING (kind, value)
         UNION
        SELECT 'contact', id FROM contact WHERE id = ANY($2)
         UNION
        SELECT 'contact', contact_id FROM lead WHERE id = ANY($1) AND contact_id IS NOT NULL
         UNION
        SELECT 'contact', id FROM contact WHERE lead_id = ANY($1)
         UNION
        SELECT 'contact', id FROM contact WHERE merged_into = ANY($2)
         UNION
        SELECT 'contact', merged_into FROM contact WHERE id = ANY($2) AND merged_into IS NOT NULL
         UNION
        SELECT 'contact', id FROM contact JOIN marks ON kind = 'phone' AND phone_mark = value
         UNION
        SELECT 'contact', id FROM contact JOIN marks ON kind = 'mail' AND mail_mark = value
        """,
        known.lead_ids,
        known.contact_ids,
    )
    return Circle(
        frozenset(row["id"] for row in rows if row["kind"] == "lead"),
        frozenset(row["id"] for row in rows if row["kind"] == "contact"),
    )


async def lock_contacts(tx: Tx, contact_ids: Collection[UUID]) -> list[Contact]:
    """These contacts, locked in one fixed order; those that were erased before are left out."""
    rows = await tx.fetch(
        """
        SELECT id, sequence, customer_id, lead_id, sealed, attributes, unit_id, owner_id,
               merged_into, withdrawn_at, added_at, external_system, external_id,
               (SELECT jsonb_object_agg(link.customer_id, link.role)
                  FROM contact_link AS link
                 WHERE link.contact_id = contact.id) AS roles
          FROM contact
         WHERE id = ANY($1)
           AND erased_at IS NULL
         ORDER BY id
           FOR UPDATE
        """,
        contact_ids,
    )
    return [contact_of(tx, row) for row in rows]


async def mark_leads(tx: Tx, lead_ids: Collection[UUID], *, now: datetime) -> int:
    """These leads have no person any more."""
    return _rows(
        await tx.execute("UPDATE lead SET erased_at = $2 WHERE id = ANY($1)", lead_ids, now)
    )


async def save_contacts(tx: Tx, contacts: Sequence[Contact], *, now: datetime) -> int:
    """These contacts have no person any more, and what they were for whom is as blank."""
    await tx.execute(
        "UPDATE contact_link SET role = '' WHERE contact_id = ANY($1)",
        [held.id for held in contacts],
    )
    return _rows(
        await tx.execute(
            """
            UPDATE contact
               SET sealed = new.sealed,
                   attributes = '{}',
                   sequence = new.sequence,
                   phone_mark = NULL,
                   mail_mark = NULL,
                   erased_at = $4
              FROM unnest($1::uuid[], $2::int[], $3::bytea[]) AS new (id, sequence, sealed)
             WHERE contact.id = new.id
            """,
            [held.id for held in contacts],
            [held.sequence for held in contacts],
            [seal(tx, place_of("contact", held.id), NOBODY) for held in contacts],
            now,
        )
    )


async def release_keys(tx: Tx, lead_ids: Collection[UUID]) -> int:
    """Nobody is found by these numbers and addresses. A sender's own id leads here still, so that the same
    record sent again is told from one that nobody knows, and becomes a new lead."""
    await tx.execute("UPDATE lead_identity SET row_hash = NULL WHERE lead_id = ANY($1)", lead_ids)
    return _rows(
        await tx.execute(
            "DELETE FROM lead_identity WHERE lead_id = ANY($1) AND kind <> 'external'", lead_ids
        )
    )


async def evidence(tx: Tx, lead_ids: Collection[UUID]) -> int:
    """What somebody said; the grade that came of it stays with the lead."""
    return _rows(await tx.execute("DELETE FROM lead_evidence WHERE lead_id = ANY($1)", lead_ids))


async def merges(tx: Tx, lead_ids: Collection[UUID]) -> int:
    """What merged leads had taken over from one another."""
    rows = await tx.fetch(
        """
        SELECT id
          FROM merge
         WHERE subject_kind = 'lead'
           AND (survivor_id = ANY($1) OR merged_id = ANY($1))
           FOR UPDATE
        """,
        lead_ids,
    )
    ids = [row["id"] for row in rows]
    await tx.execute(
        """
        UPDATE merge
           SET sealed = new.sealed, keys = '[]'
          FROM unnest($1::uuid[], $2::bytea[]) AS new (id, sealed)
         WHERE merge.id = new.id
        """,
        ids,
        [seal_taken(tx, merge_id, {}) for merge_id in ids],
    )
    return len(ids)


async def submissions(tx: Tx, lead_ids: Collection[UUID], *, now: datetime) -> int:
    """What was sent; that something was, and by which channel, is still counted."""
    return _rows(
        await tx.execute(
            """
            UPDATE submission
               SET body = '', opened = NULL, mended = NULL, problem = NULL, content_hash = NULL,
                   visitor = NULL, erased_at = $2, emptied_at = $2
             WHERE lead_id = ANY($1)
               AND erased_at IS NULL
            """,
            lead_ids,
            now,
        )
    )


async def touches(tx: Tx, lead_ids: Collection[UUID]) -> int:
    """Whose click it was, and which pages were seen; the campaign stays."""
    return _rows(
        await tx.execute(
            """
            UPDATE touch
               SET trail = trail - '{click_id,referrer,landing_page,utm_term,utm_content}'::text[]
             WHERE lead_id = ANY($1)
            """,
            lead_ids,
        )
    )


async def pairs(tx: Tx, ids: Collection[UUID]) -> list[UUID]:
    """What was found by comparing the person with others; the ids of the pairs."""
    rows = await tx.fetch(
        """
        DELETE FROM duplicate_candidate
         WHERE one_id = ANY($1)
            OR other_id = ANY($1)
        RETURNING id
        """,
        ids,
    )
    return [row["id"] for row in rows]


async def audited_words(tx: Tx, ids: Collection[UUID]) -> int:
    """Words that people gave as reasons; who did what and when is evidence, and stays."""
    return _rows(
        await tx.execute("UPDATE audit SET why = '' WHERE subject_id = ANY($1) AND why <> ''", ids)
    )


def _rows(command_tag: str) -> int:
    return int(command_tag.rpartition(" ")[2])

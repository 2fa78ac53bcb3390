"""What finds duplicates, and the pairs that were found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from services.leads.domain.duplicates import PairState, Rules, Subject, Suspicion
from services.leads.domain.matching.census import Census
from services.leads.domain.refusals import DuplicateNotFound
from shared.db import Tx
from shared.ids import new_id

Numbers = tuple[Sequence[int], Sequence[int]]
"""Of a record: the terms that find it, and those that only weigh."""


async def profile(tx: Tx, profiles: Mapping[Subject, Numbers]) -> None:
    """Let records be found by their words from now on, and count them. Gone records lose theirs."""
    before = await _forget(tx, profiles)
    kept = {
        subject: (_stored(tx, finding), _stored(tx, weighing))
        for subject, (finding, weighing) in profiles.items()
        if finding or weighing
    }
    await tx.execute(
        """
        INSERT INTO duplicate_profile (subject_kind, subject_id, finding, weighing)
        SELECT row ->> 'kind', (row ->> 'id')::uuid,
               ARRAY(SELECT jsonb_array_elements_text(row -> 'finding')::bigint),
               ARRAY(SELECT jsonb_array_elements_text(row -> 'weighing')::bigint)
          FROM jsonb_array_elements($1) AS row
        """,
        [
            {"kind": held.kind, "id": held.id, "finding": finding, "weighing": weighing}
            for held, (finding, weighing) in kept.items()
        ],
    )
    changes: dict[int, int] = dict.fromkeys(before, 0)
    for term in before:
        changes[term] -= 1
    for numbers in kept.values():
        for term in (*numbers[0], *numbers[1]):
            changes[term] = changes.get(term, 0) + 1
    await _count(tx, {term: change for term, change in sorted(changes.items()) if change})
    await tx.execute(
        "UPDATE duplicate_progress SET records = records + $1",
        len(kept) - before.records,
    )


class _Forgotten(list[int]):
    """The terms of profiles that were taken away, each as often as it was held."""

    records: int = 0


async def _forget(tx: Tx, subjects: Collection[Subject]) -> _Forgotten:
    rows = await tx.fetch(
        """
        DELETE FROM duplicate_profile AS held
         USING unnest($1::text[], $2::uuid[]) AS gone (kind, id)
         WHERE held.subject_kind = gone.kind
           AND held.subject_id = gone.id
        RETURNING held.finding || held.weighing AS terms
        """,
        [subject.kind for subject in subjects],
        [subject.id for subject in subjects],
    )
    forgotten = _Forgotten(term for row in rows for term in row["terms"])
    forgotten.records = len(rows)
    return forgotten


async def _count(tx: Tx, changes: Mapping[int, int]) -> None:
    await tx.execute(
        """
        INSERT INTO duplicate_term AS held (term, holders)
        SELECT term, change
          FROM unnest($1::bigint[], $2::int[]) AS new (term, change)
            ON CONFLICT (term)
            DO UPDATE
           SET holders = greatest(0, held.holders + excluded.holders)
        """,
        list(changes),
        list(changes.values()),
    )


async def candidates(
    tx: Tx, asked: Sequence[Sequence[int]], *, rules: Rules
) -> list[tuple[int, Subject]]:
    """For each list of terms the records that share the rarest of them."""
    rows = await tx.fetch(
        """
        WITH rare AS MATERIALIZED (
            SELECT asked.place, asked.term, known.holders
              FROM unnest($1::int[], $2::bigint[]) AS asked (place, term)
              JOIN duplicate_term AS known ON known.term = asked.term
             WHERE known.holders BETWEEN 1 AND $3
        ), found AS (
            SELECT rare.place, held.subject_kind, held.subject_id,
                   sum(1.0 / rare.holders) AS weight
              FROM rare
              JOIN duplicate_profile AS held ON held.finding @> ARRAY[rare.term]
             GROUP BY rare.place, held.subject_kind, held.subject_id
        ), ranked AS (
            SELECT place, subject_kind, subject_id,
                   row_number() OVER (PARTITION BY place ORDER BY weight DESC, subject_id) AS rank
              FROM found
        )
        SELECT place, subject_kind, subject_id
          FROM ranked
         WHERE rank <= $4
        """,
        [place for place, terms in enumerate(asked) for _ in terms],
        [stored for terms in asked for stored in _stored(tx, terms)],
        rules.rules.common,
        rules.rules.looked_at + 1,
    )
    return [(row["place"], Subject(row["subject_kind"], row["subject_id"])) for row in rows]


async def census(tx: Tx, terms: Collection[int]) -> Census:
    """How many records there are, and how many of them hold these terms."""
    plain = dict(zip(_stored(tx, terms), terms, strict=True))
    rows = await tx.fetch(
        """
        SELECT NULL AS term, records AS holders
          FROM duplicate_progress
         UNION ALL
        SELECT term, holders
          FROM duplicate_term
         WHERE term = ANY($1)
        """,
        list(plain),
    )
    total, *counts = sorted(rows, key=lambda row: row["term"] is not None)
    return Census(
        total=total["holders"], holders={plain[row["term"]]: row["holders"] for row in counts}
    )


def _stored(tx: Tx, terms: Collection[int]) -> list[int]:
    """Terms as they are stored: without the key nobody can tell which word a number stands for."""
    return [tx.sealer.mark_number(term) for term in terms]


async def keep(
    tx: Tx, suspicions: Sequence[Suspicion], *, rules_version: int, now: datetime
) -> set[tuple[Subject, Subject]]:
    """Put pairs on the list, and say which of them wait; one that was decided stays decided."""
    rows = await tx.fetch(
        """
        INSERT INTO duplicate_candidate AS held
               (id, one_kind, one_id, other_kind, other_id, state, bits, prior, findings,
                rules_version, found_at)
        SELECT id, one_kind, one_id, other_kind, other_id, 'open', bits, prior, findings,
               rules_version, found_at
          FROM jsonb_populate_recordset(NULL::duplicate_candidate, $1)
            ON CONFLICT (one_kind, one_id, other_kind, other_id)
            DO UPDATE
           SET bits = excluded.bits,
               prior = excluded.prior,
               findings = excluded.findings,
               rules_version = excluded.rules_version
         WHERE held.state IN ('open', 'later')
        RETURNING one_kind, one_id, other_kind, other_id
        """,
        [
            {
                "id": new_id(),
                "one_kind": pair.one.kind,
                "one_id": pair.one.id,
                "other_kind": pair.other.kind,
                "other_id": pair.other.id,
                "bits": pair.verdict.bits,
                "prior": pair.verdict.prior,
                "findings": [asdict(finding) for finding in pair.verdict.findings],
                "rules_version": rules_version,
                "found_at": now,
            }
            for pair in suspicions
        ],
    )
    return {
        (Subject(row["one_kind"], row["one_id"]), Subject(row["other_kind"], row["other_id"]))
        for row in rows
    }


async def lock(tx: Tx, pair_id: UUID) -> tuple[Subject, Subject, PairState]:
    """A pair on the list, locked."""
    row = await tx.fetchrow(
        """
        SELECT one_kind, one_id, other_kind, other_id, state
          FROM duplicate_candidate
         WHERE id = $1
           FOR UPDATE
        """,
        pair_id,
    )
    if row is None:
        raise DuplicateNotFound(duplicate_id=pair_id)
    return (
        Subject(row["one_kind"], row["one_id"]),
        Subject(row["other_kind"], row["other_id"]),
        row["state"],
    )


async def decide(
    tx: Tx, one: Subject, other: Subject, *, state: PairState, why: str, now: datetime
) -> None:
    """Note what was decided about a pair, whether it stood on the list or not."""
    first, second = sorted((one, other))
    await tx.execute(
        """
        INSERT INTO duplicate_candidate AS held
               (id, one_kind, one_id, other_kind, other_id, state, bits, prior, findings,
                rules_version, found_at, decided_by, decided_at, why)
        VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '[]', 0, $7, $8, $7, $9)
            ON CONFLICT (one_kind, one_id, other_kind, other_id)
            DO UPDATE
           SET state = excluded.state,
               decided_by = excluded.decided_by,
               decided_at = excluded.decided_at,
               why = excluded.why
        """,
        new_id(),
        first.kind,
        first.id,
        second.kind,
        second.id,
        state,
        now,
        tx.actor_id,
        why,
    )

"""Pairs that may be one party, for those who may see both records."""

from asyncpg import Record

from services.leads.domain.duplicates import PairState, SubjectKind
from services.leads.queries.persons import shown_to
from services.leads.schemas.duplicate import DuplicateCounts, DuplicateOut, SideOut
from shared.db import Tx
from shared.web import Page, PageRequest

_SIDES = ("one", "other")
_COLUMNS = (
    "kind",
    "id",
    "state",
    "sealed",
    "company_name",
    "credit_code",
    "region",
    "unit_id",
    "owner_id",
    "known_since",
)


async def duplicate_page(
    tx: Tx, *, state: PairState, kind: SubjectKind | None, page: PageRequest
) -> Page[DuplicateOut]:
    """Pairs, the likeliest first."""
    rows = await tx.fetch(
        """
        SELECT pair.id, pair.state, pair.bits, pair.prior, pair.findings, pair.rules_version,
               pair.found_at, pair.decided_by, pair.decided_at, pair.why,
               one.kind AS one_kind, one.id AS one_id, one.state AS one_state,
               one.sealed AS one_sealed,
               one.company_name AS one_company_name, one.credit_code AS one_credit_code,
               one.region AS one_region, one.unit_id AS one_unit_id,
               one.owner_id AS one_owner_id, one.known_since AS one_known_since,
               other.kind AS other_kind, other.id AS other_id, other.state AS other_state,
               other.sealed AS other_sealed,
               other.company_name AS other_company_name, other.credit_code AS other_credit_code,
               other.region AS other_region, other.unit_id AS other_unit_id,
               other.owner_id AS other_owner_id, other.known_since AS other_known_since
          FROM duplicate_candidate AS pair
          JOIN party AS one ON one.kind = pair.one_kind AND one.id = pair.one_id
          JOIN party AS other ON other.kind = pair.other_kind AND other.id = pair.other_id
         WHERE ($1 OR one.unit_id = ANY($2) OR one.owner_id = $3)
           AND ($1 OR other.unit_id = ANY($2) OR other.owner_id = $3)
           AND pair.state = $4
           AND ($5::text IS NULL OR (pair.one_kind = $5 AND pair.other_kind = $5))
           AND ($6::float8 IS NULL OR (pair.bits, pair.id) < ($6, $7::uuid))
         ORDER BY pair.bits DESC, pair.id DESC
         LIMIT $8
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
        state,
        kind,
        page.value(0),
        page.value(1),
        page.fetch,
    )
    found = [
        DuplicateOut.model_validate({**row, **{side: _side(tx, row, side) for side in _SIDES}})
        for row in rows
    ]
    return page.page(found, sort=lambda pair: (pair.bits, pair.id))


async def counts(tx: Tx) -> DuplicateCounts:
    """How many pairs there are in each state."""
    rows = await tx.fetch(
        """
        SELECT pair.state, count(*) AS pairs
          FROM duplicate_candidate AS pair
          JOIN party AS one ON one.kind = pair.one_kind AND one.id = pair.one_id
          JOIN party AS other ON other.kind = pair.other_kind AND other.id = pair.other_id
         WHERE ($1 OR one.unit_id = ANY($2) OR one.owner_id = $3)
           AND ($1 OR other.unit_id = ANY($2) OR other.owner_id = $3)
         GROUP BY pair.state
        """,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    found: dict[str, int] = {row["state"]: row["pairs"] for row in rows}
    return DuplicateCounts(
        open=found.get("open", 0),
        later=found.get("later", 0),
        merged=found.get("merged", 0),
        distinct=found.get("distinct", 0),
    )


def _side(tx: Tx, row: Record, side: str) -> SideOut:
    known = {name: row[f"{side}_{name}"] for name in _COLUMNS}
    return SideOut.model_validate(known | shown_to(tx, known["kind"], known))

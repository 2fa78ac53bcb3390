"""What leads, deals and ownerships must be: folded from their events, one record at a time.

Written from the contracts alone (docs/contracts), not from the code that keeps the projections.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import orjson

from shangji.verify.scratch import Scratch
from shangji.verify.topics import Row

Said = dict[str, Any]
Told = tuple[str, Said]
"""An event: its name without a version, and what it says."""
After = Callable[[Said, Said], Said]
"""What changes, given what was said and how it was before."""

EVENTS = """
SELECT id, type, value
  FROM first
 WHERE kind = '{kind}'
 ORDER BY id, sequence
"""


def fold(scratch: Scratch) -> None:
    """Fold everything that was said into `folded_lead`, `folded_deal` and `folded_ownership`."""
    scratch.add("folded_lead", (lead(*history) for history in _histories(scratch, "lead")))
    scratch.add(
        "folded_ownership", (ownership(*history) for history in _histories(scratch, "ownership"))
    )
    scratch.add("folded_deal", (deal(*history) for history in _histories(scratch, "opportunity")))
    # Whom ownership names has the deal; until it has spoken, whoever opened it.
    scratch.script(
        """
        CREATE INDEX deal_held ON folded_ownership (subject_kind, subject_id);
        UPDATE folded_deal
           SET (owner, unit) = (held.owner, held.unit)
          FROM folded_ownership AS held
         WHERE held.subject_kind = 'opportunity'
           AND held.subject_id = folded_deal.id;
        DROP INDEX deal_held;
        """
    )


def lead(id: str, told: Iterable[Told]) -> Row:
    """State, grade, what reports show as grade, and what came of it."""
    now: Said = dict.fromkeys(("state", "grade", "seen_grade", "deal"))
    now |= {"converted": 0, "disqualified": 0, "merged": 0, "touches": 0}
    for name, said in told:
        if name in _LEAD:
            now |= _LEAD[name](said, now)
    deal = now["deal"] or {}
    return (
        id,
        *(now[name] for name in ("state", "grade", "seen_grade")),
        *(now[name] for name in ("converted", "disqualified", "merged", "touches")),
        deal.get("opportunity_id"),
    )


_LEAD: dict[str, After] = {
    "lead.captured": lambda said, _: {"state": "open", "grade": said.get("grade")},
    "lead.scored": lambda said, _: {"grade": said["grade"], "seen_grade": said["grade"]},
    "lead.qualified": lambda said, _: {"state": "qualified", "seen_grade": said["grade"]},
    "lead.touched": lambda _, now: {"touches": now["touches"] + 1},
    "lead.disqualified": lambda said, _: {
        "state": "withdrawn" if said["reason"] == "import_undone" else "disqualified",
        "disqualified": 1,
    },
    "lead.merged": lambda _, __: {"state": "merged", "merged": 1},
    "lead.unmerged": lambda said, _: {"state": said["state"], "merged": 0},
    "lead.reopened": lambda _, __: {"state": "open", "disqualified": 0},
    "lead.outcome_recorded": lambda _, now: {
        "state": "converted" if now["converted"] else "closed"
    },
    "lead.conversion_undone": lambda said, _: {
        "state": said["state"],
        "converted": 0,
        "deal": None,
    },
    "lead.converted": lambda said, _: {"state": "converted", "converted": 1, "deal": said["deal"]},
}


def deal(id: str, told: Iterable[Told]) -> Row:
    """Where it stands, what it is worth, and whose it was when it was opened."""
    now: Said = {"status": "open"}
    for name, said in told:
        now |= said.get("facts", {})
        if name in _DEAL:
            now |= _DEAL[name](said, now)
    return (
        id,
        *(now.get(name) for name in ("lead_id", "stage", "status")),
        int(Decimal(now.get("amount", "0")) * 100),
        *(now.get(name) for name in ("currency", "owner_id", "unit_id", "closed_on")),
        now.get("recorded", 0),
    )


def _only(said: Said, *names: str) -> Said:
    return {name: said[name] for name in names if name in said}


_DEAL: dict[str, After] = {
    "opportunity.opened": lambda said, _: _only(said, "stage", "owner_id", "unit_id", "lead_id"),
    "opportunity.recorded": lambda said, _: {
        **_only(said, "stage", "status", "owner_id", "unit_id", "lead_id", "closed_on"),
        "recorded": 1,
    },
    "opportunity.stage_changed": lambda said, _: {"stage": said["to_stage"]},
    "opportunity.won": lambda said, _: {
        **_only(said, "amount", "currency", "closed_on"),
        "stage": said["to_stage"],
        "status": "won",
    },
    "opportunity.withdrawn": lambda said, _: {
        "closed_on": said["withdrawn_on"],
        "status": "withdrawn",
    },
    "opportunity.unrecorded": lambda said, _: {
        "closed_on": said["withdrawn_on"],
        "status": "withdrawn",
    },
    "opportunity.lost": lambda said, _: {
        **_only(said, "closed_on"),
        "stage": said["to_stage"],
        "status": "lost",
    },
}


def ownership(id: str, told: Iterable[Told]) -> Row:
    """Who has the subject: an owner, a pool, or only a unit."""
    last: Said = {}
    for _, said in told:
        last = said
    return (
        id,
        last["subject_kind"],
        last["subject_id"],
        last.get("owner_id"),
        last["unit_id"],
        last.get("pool_id"),
    )


def _histories(scratch: Scratch, kind: str) -> Iterator[tuple[str, Iterator[Told]]]:
    rows: Iterable[Sequence[Any]] = scratch.ask(EVENTS.format(kind=kind))
    for record, events in groupby(rows, key=lambda row: row[0]):
        yield record, ((name.rpartition(".v")[0], orjson.loads(value)) for _, name, value in events)

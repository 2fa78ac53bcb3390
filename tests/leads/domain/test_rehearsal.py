"""Rules are tried before they count."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.leads.domain.rehearsal import Candidate, Rehearsal, rehearse
from tests.leads import make
from tests.leads.make import NOW, rule

TODAY = make.scoring(rule("fair", when="source == 'fair'", points=40), version=1)
TOMORROW = make.scoring(rule("web", when="source == 'web'", points=70), version=2)


def candidate(number: int, *, source: str, won: bool | None = None) -> Candidate:
    """A lead that came from somewhere."""
    return Candidate(
        id=UUID(int=number),
        company_name=f"Acme {number}",
        owner_id=None,
        signals={**make.lead().signals, "source": source},
        touched_at=NOW,
        won=won,
    )


def tried(*leads: Candidate, most: int = 10) -> Rehearsal:
    return rehearse(leads, tried=TOMORROW, in_force=TODAY, now=NOW, most=most)


def test_who_would_move_and_where_to():
    found = tried(
        candidate(1, source="fair"), candidate(2, source="web"), candidate(3, source="mail")
    )

    assert (found.version, found.in_force, found.leads, found.moved) == (2, 1, 3, 2)
    assert found.before == {"A": 0, "B": 1, "C": 2}
    assert found.after == {"A": 1, "B": 0, "C": 2}
    assert found.moves == {"B→C": 1, "C→A": 1}


def test_those_who_would_move_furthest_are_named_first():
    found = tried(candidate(1, source="fair"), candidate(2, source="web"), most=1)

    [mover] = found.who
    assert mover.lead_id == UUID(int=2)
    assert (mover.before.grade, mover.after.grade, mover.after.score) == ("C", "A", 60)


def test_on_closed_leads_it_shows_which_rules_rank_better():
    found = tried(
        candidate(1, source="web", won=True),
        candidate(2, source="fair", won=False),
        candidate(3, source="fair"),
    )

    assert (found.closed, found.auc_before, found.auc_after) == (2, 0.0, 1.0)


def test_both_rules_judge_as_of_now():
    scoring = make.scoring(rule("acted", points=60, group="behaviour"), version=1, behaviour_cap=60)
    old = replace(candidate(1, source="web"), touched_at=NOW - timedelta(days=60))

    found = rehearse([old], tried=scoring, in_force=scoring, now=NOW, most=1)

    assert found.before == {"A": 0, "B": 0, "C": 1}
    assert found.moved == 0

"""How good a lead looks, and what time takes away."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.leads.domain.scoring import Assessment, Rule, Scoring, score
from tests.leads import make
from tests.leads.make import NOW, rule

DAY = timedelta(days=1)


def judged(*rules: Rule, age: timedelta = timedelta(0), fit_cap: float = 60) -> Assessment:
    """The score of an ordinary lead whose last touch was `age` ago."""
    return score(
        make.lead().signals,
        touched_at=NOW - age,
        scoring=make.scoring(*rules, fit_cap=fit_cap),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        pytest.param("channel == 'website'", True, id="what it says"),
        pytest.param("has_mobile", False, id="what it does not say"),
        pytest.param("company_name != '' && touches >= 1.0", True, id="both"),
        pytest.param("attributes.visits > 3.0", False, id="what nobody measured"),
        pytest.param("has(attributes.visits)", False, id="whether it was measured"),
    ],
)
def test_a_rule_gives_its_points_when_its_condition_holds(when: str, applies: bool):
    assert judged(rule("r", when=when, points=10)).score == (10 if applies else 0)


@pytest.mark.parametrize(
    ("points", "total"),
    [
        pytest.param([40, 40], 50, id="the cap of the group"),
        pytest.param([40, -15], 25, id="negative points"),
        pytest.param([-40, -40], -50, id="the cap below"),
    ],
)
def test_points_of_a_group_stay_within_its_cap(points: list[float], total: float):
    rules = [rule(f"r{number}", points=each) for number, each in enumerate(points)]

    assert judged(*rules, fit_cap=50).score == total


@pytest.mark.parametrize(
    ("points", "grade"),
    [(60, "A"), (59.99, "B"), (30, "B"), (29.99, "C"), (-5, "C")],
    ids=["A from here", "just B", "B from here", "just C", "below nothing"],
)
def test_the_grade_follows_the_thresholds(points: float, grade: str):
    assert judged(rule("r", points=points), fit_cap=100).grade == grade


@pytest.mark.parametrize(
    ("age", "total"),
    [(0 * DAY, 60), (30 * DAY, 40), (60 * DAY, 30), (3000 * DAY, 20)],
    ids=["fresh", "one half-life", "two", "long ago"],
)
def test_behaviour_halves_and_fit_stays(age: timedelta, total: float):
    rules = [
        rule("fits", points=20),
        rule("acted", points=40, group="behaviour"),
    ]

    assert judged(*rules, age=age).score == total


def test_every_score_explains_itself():
    rules = [
        rule("fits", points=20),
        rule("acted", points=50, group="behaviour"),
    ]

    reasons = {r.rule: r.points for r in judged(*rules, age=30 * DAY).reasons}

    assert reasons == {"fits": 20, "acted": 50, "cap: behaviour": -10, "decay": -20}


def test_the_version_that_judged_is_named():
    verdict = score(make.lead().signals, touched_at=NOW, scoring=make.scoring(version=7), now=NOW)

    assert verdict.rules_version == 7


@pytest.mark.parametrize(
    ("fit", "behaviour"),
    [(20, 0), (70, 30), (20, 5), (20, -5), (80, -10)],
    ids=["nothing decays", "stays A", "stays C", "rises within C", "rises within A"],
)
def test_a_grade_that_time_never_moves_is_never_due(fit: float, behaviour: float):
    rules = [rule("f", points=fit), rule("b", points=behaviour, group="behaviour")]

    assert judged(*rules, fit_cap=100).due_at is None


points = st.floats(min_value=-60, max_value=60).map(lambda value: round(value, 2))


@given(fit=points, behaviour=points, days=st.floats(min_value=0, max_value=400))
def test_a_grade_moves_exactly_when_it_is_due(fit: float, behaviour: float, days: float):
    rules = [rule("f", points=fit), rule("b", points=behaviour, group="behaviour")]
    scoring = make.scoring(*rules)
    now = _score(scoring, at=days)
    if now.due_at is None:
        assert _score(scoring, at=36_000).grade == now.grade
        return

    due_in = (now.due_at - NOW) / DAY

    assert _score(scoring, at=due_in).grade != now.grade
    assert _score(scoring, at=max(days, due_in - 2 / 86_400)).grade == now.grade


@given(fit=points, behaviour=points, days=st.floats(min_value=0, max_value=400))
def test_reasons_add_up_to_the_score(fit: float, behaviour: float, days: float):
    rules = [rule("f", points=fit), rule("b", points=behaviour, group="behaviour")]

    verdict = _score(make.scoring(*rules, fit_cap=30), at=days)

    assert sum(reason.points for reason in verdict.reasons) == pytest.approx(
        verdict.score, abs=0.02
    )


def _score(scoring: Scoring, *, at: float) -> Assessment:
    return score(make.lead().signals, touched_at=NOW, scoring=scoring, now=NOW + at * DAY)

"""Why 72?"""

from datetime import timedelta

from services.leads.domain.explanation import Explanation, explain
from services.leads.domain.scoring import Rule, score
from tests.leads import make
from tests.leads.make import NOW, rule


def explained(*rules: Rule, age: timedelta = timedelta(0), **caps: float) -> Explanation:
    """The answer for a lead whose last touch was `age` ago."""
    scoring = make.scoring(*rules, version=4, **caps)
    verdict = score(make.lead().signals, touched_at=NOW - age, scoring=scoring, now=NOW)
    return explain(
        verdict.score,
        verdict.grade,
        verdict.reasons,
        rules=scoring.rules,
        version=scoring.version,
        scored_at=NOW,
    )


def test_fit_and_behaviour_are_told_apart_and_make_the_score():
    found = explained(
        rule("fits", points=20),
        rule("acted", points=30, group="behaviour"),
        rule("quiet", points=-5, group="behaviour"),
        age=timedelta(days=30),
    )

    assert (found.fit.counted, found.behaviour.points, found.behaviour.counted) == (20, 25, 12.5)
    assert found.score == found.fit.counted + found.behaviour.counted
    assert found.rules_version == 4


def test_each_rule_says_what_cap_and_time_left_of_its_points():
    found = explained(
        rule("fits", points=60),
        rule("fits well", points=20),
        rule("acted", points=10, group="behaviour"),
        age=timedelta(days=30),
        fit_cap=40,
    )

    assert [(each.rule, each.group, each.points, each.counted) for each in found.rules] == [
        ("fits", "fit", 60, 30),
        ("fits well", "fit", 20, 10),
        ("acted", "behaviour", 10, 5),
    ]
    assert (found.fit.points, found.fit.cap, found.fit.within_cap) == (80, 40, 40)


def test_what_rules_count_adds_up_to_the_score():
    found = explained(
        rule("fits", points=35),
        rule("fits not", points=-10),
        rule("acted", points=70, group="behaviour"),
        age=timedelta(days=12),
    )

    assert abs(sum(each.counted for each in found.rules) - found.score) < 0.02


def test_points_that_cancel_out_count_nothing():
    found = explained(rule("fits", points=10), rule("fits not", points=-10))

    assert (found.score, found.fit.counted) == (0, 0)
    assert {each.counted for each in found.rules} == {0}

"""Whether leads still look like those that were learned from."""

import pytest

from services.leads.domain.learning.drift import (
    Drift,
    Watch,
    drift,
    look_again,
    profile,
    stability_index,
)
from services.leads.domain.learning.model import Levels, Measure, Model, Tree
from tests.leads.make import NOW

SOURCE = Levels(name="source", numbers={"fair": 1.0, "web": -1.0}, other=0, missing=0)
VISITS = Measure(name="visits", limits=(1.0, 2.0), missing=-1)
BY_SOURCE = Tree(
    features=(0, -1, -1), limits=(0, 0, 0), below=(1, -1, -1), above=(2, -1, -1), values=(0, -1, 1)
)
MODEL = Model(intercept=0, features=(SOURCE, VISITS), trees=(BY_SOURCE,))
THEN = [{"source": source, "visits": 3.0} for source in ("fair", "web")] * 50


def test_the_same_leads_have_not_moved():
    found = drift(MODEL, profile(MODEL, THEN), THEN, limit=0.25)

    assert (found.score, set(found.features.values()), found.beyond) == (0, {0}, ())


def test_leads_from_elsewhere_are_an_alarm():
    now = [{"source": "web", "visits": 3.0}] * 100

    found = drift(MODEL, profile(MODEL, THEN), now, limit=0.25)

    assert found.beyond == ("score", "source")
    assert next(iter(found.features)) == "source"


def test_values_that_are_no_longer_measured_are_an_alarm():
    now = [{"source": row["source"]} for row in THEN]

    assert drift(MODEL, profile(MODEL, THEN), now, limit=0.25).beyond == ("visits",)


def test_nobody_came_is_no_alarm():
    assert drift(MODEL, profile(MODEL, THEN), [], limit=0.25).beyond == ()


def test_the_index_grows_with_the_distance():
    then = {"a": 0.5, "b": 0.5}

    assert stability_index(then, then) == 0
    assert stability_index(then, {"a": 0.6, "b": 0.4}) == pytest.approx(0.0405, abs=1e-4)
    assert stability_index(then, {"a": 1.0}) > 3


def test_what_moved_beyond_the_limit_is_said_once():
    watch = Watch(version=3)
    moved = Drift(leads=9, score=0, features={"source": 1, "visits": 0}, beyond=("source",))
    further = moved.model_copy(update={"beyond": ("source", "visits")})
    back = moved.model_copy(update={"beyond": ()})

    watch, first = look_again(watch, moved, now=NOW)
    watch, same = look_again(watch, moved, now=NOW)
    watch, more = look_again(watch, further, now=NOW)
    watch, none = look_again(watch, back, now=NOW)
    watch, again = look_again(watch, moved, now=NOW)

    assert [len(said) for said in (first, same, more, none, again)] == [1, 0, 1, 0, 1]
    assert first[0].beyond == ("source",)
    assert watch.sequence == 3

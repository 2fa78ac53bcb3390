"""Whoever tries again rests, but not for long."""

from itertools import islice

from shared.pauses import pauses


def test_pauses_grow_and_stay_short():
    assert list(islice(pauses(), 7)) == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0]

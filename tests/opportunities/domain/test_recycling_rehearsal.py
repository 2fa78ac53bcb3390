"""When things would have gone back to their pool, had other rules been in force."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.opportunities.domain.policies import PoolBody, pool_policy
from services.opportunities.domain.pool import Facts, PoolPolicy
from services.opportunities.domain.recycling_rehearsal import (
    Held,
    Window,
    rehearse_pool,
    went_back,
)
from shared.principals import ROOT_UNIT
from tests.opportunities.domain.owners import ANNA, BEN

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, 2, tzinfo=UTC)
WINDOW = Window(since=START, until=START + 100 * DAY, zone="Asia/Shanghai")


def held(
    number: int = 1,
    *,
    owner: UUID = ANNA,
    touched: tuple[int, ...] = (),
    planned: int | None = None,
    facts: Facts = Facts(kind="lead"),  # noqa: B008 - frozen
) -> Held:
    """Something somebody has from the start of the window, touched on these days of it."""
    plan = None if planned is None else START.date() + planned * DAY
    return Held(
        subject_id=UUID(int=number),
        owner_id=owner,
        unit_id=ROOT_UNIT,
        facts=facts,
        since=START,
        touches=tuple((START + day * DAY, plan) for day in touched),
    )


def pool(days: int | None = None, *, version: int = 1, **body: Any) -> PoolPolicy:
    recycle = {"untouched_days": days, "warn_days": 3} if days else None
    return pool_policy(PoolBody(recycle=recycle, **body), version=version)  # pyright: ignore[reportArgumentType] - the model reads it


def back_on(one: Held, policy: PoolPolicy) -> int | None:
    """The day of the window on which it goes back."""
    gone = went_back(one, policy, [ROOT_UNIT], WINDOW)
    return (gone.recycled_at - START).days if gone else None


@pytest.mark.parametrize(
    ("touched", "day"),
    [
        pytest.param((), 30, id="never touched"),
        pytest.param((10, 20), 50, id="touched for a while"),
        pytest.param((10, 60), 40, id="touched again when it was too late"),
        pytest.param((25, 50, 75, 95), None, id="always touched in time"),
    ],
)
def test_it_goes_back_when_nobody_has_touched_it_for_so_long(
    touched: tuple[int, ...], day: int | None
):
    assert back_on(held(touched=touched), pool(30)) == day


def test_what_is_planned_for_later_stays_until_the_day_is_over():
    gone = went_back(held(touched=(5,), planned=45), pool(30), [ROOT_UNIT], WINDOW)

    assert gone is not None
    # Midnight in Shanghai, at the end of the 15th.
    assert gone.recycled_at == datetime(2026, 2, 15, 16, tzinfo=UTC)


def test_a_plan_that_was_over_long_ago_keeps_nothing():
    assert back_on(held(touched=(1,), planned=5), pool(30)) == 31


@pytest.mark.parametrize(
    ("facts", "day"), [(Facts(kind="lead", grade="A"), 30), (Facts(kind="lead", grade="B"), None)]
)
def test_only_what_the_pool_is_for_goes_back(facts: Facts, day: int | None):
    assert back_on(held(facts=facts), pool(30, grades=("A",))) == day


def test_what_would_fare_otherwise_is_told_with_both_sides():
    things = [held(1), held(2, owner=BEN, touched=(20, 45, 74)), held(3, touched=(50,))]

    result, moves = rehearse_pool(
        things,
        in_force=pool(60),
        tried=pool(30, version=2),
        above={ROOT_UNIT: [ROOT_UNIT]},
        window=WINDOW,
    )

    assert (result.leads, result.moved) == (3, 1)
    assert (result.before.pooled, result.after.pooled) == (1, 2)
    assert {load.person_id: (load.before, load.after) for load in result.people} == {
        ANNA: (1, 0),
        BEN: (1, 1),
    }
    [move] = moves
    assert (move.lead_id, move.before_id, move.after_id) == (UUID(int=3), ANNA, None)
    assert move.before == {}
    assert move.after["recycled_at"] == (START + 30 * DAY).isoformat()
    assert move.after["warned_at"] == (START + 27 * DAY).isoformat()


def test_a_pool_that_was_not_there_took_nothing_back_and_the_same_run_has_the_same_result():
    first, second = (
        rehearse_pool(
            [held()],
            in_force=None,
            tried=pool(30),
            above={ROOT_UNIT: [ROOT_UNIT]},
            window=WINDOW,
        )
        for _ in range(2)
    )

    assert first == second
    assert (first[0].before.version, first[0].before.pooled, first[0].after.pooled) == (0, 0, 1)

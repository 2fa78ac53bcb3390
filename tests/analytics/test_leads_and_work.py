"""The reports over leads, stages and people against answers computed by hand."""

from tests.analytics import make
from tests.analytics.history import History


async def test_a_lead_converts_by_a_deal_or_by_what_its_own_system_said(history: History) -> None:
    anna = make.person("Anna")
    dealt, told, refused, fresh = (
        make.lead(source=source) for source in ("Google", "Google", "", "")
    )
    await history.tell(
        anna, dealt, told, refused, fresh,
        make.opened(anna, lead_id=dealt.lead_id),
        make.opened(anna, lead_id=dealt.lead_id),
        make.outcome(told, converted=True),
        make.outcome(refused, converted=False),
    )  # fmt: skip

    assert await history.report("source-conversion") == [{"leads": 4, "converted": 2, "rate": 0.5}]
    assert await history.report("source-conversion", by="source") == [
        {"source": "(blank)", "leads": 2, "converted": 0, "rate": 0.0},
        {"source": "Google", "leads": 2, "converted": 2, "rate": 1.0},
    ]


async def test_leads_are_counted_by_flags_and_by_the_month_of_the_enterprise(
    history: History,
) -> None:
    await history.tell(
        make.lead(do_not_email=True),
        make.lead(at=make.NOW.replace(month=2, day=28, hour=16)),
        make.lead(at=make.NOW.replace(month=2, day=28, hour=15)),
    )

    by_flag = await history.report("source-conversion", by="do_not_email")
    by_month = await history.report("source-conversion", by="month")

    assert [(row["do_not_email"], row["leads"]) for row in by_flag] == [("No", 2), ("Yes", 1)]
    assert [(row["month"], row["leads"]) for row in by_month] == [("2026-02", 1), ("2026-03", 2)]


async def test_a_lead_is_counted_under_each_of_its_tags(history: History) -> None:
    both, one, none = make.lead(), make.lead(), make.lead()
    await history.tell(
        both,
        one,
        none,
        make.tagged(both, "big"),
        make.tagged(one, "big"),
        make.tagged(both, "big", "pumps"),
    )

    found = await history.report("source-conversion", by="tag")

    assert [(row["tag"], row["leads"]) for row in found] == [
        ("(blank)", 1),
        ("big", 2),
        ("pumps", 1),
    ]


async def test_conversion_as_of_a_day_knows_nothing_of_later_deals(history: History) -> None:
    anna, early, late = make.person("Anna"), make.lead(), make.lead(at=make.days(9))
    await history.tell(
        anna,
        early,
        late,
        make.opened(anna, at=make.days(5), lead_id=early.lead_id),
    )

    found = [
        (await history.report("source-conversion", as_of=day))[0]
        for day in ("2026-03-01", "2026-03-06", "2026-03-07", "2026-03-11")
    ]

    assert [(row["leads"], row["converted"]) for row in found] == [(0, 0), (1, 0), (1, 1), (2, 1)]


async def test_the_road_of_leads_counts_who_skipped_a_step_as_having_passed_it(
    history: History,
) -> None:
    anna = make.person("Anna")
    slow, quick, idle = make.lead(), make.lead(), make.lead()
    deal = make.opened(anna, at=make.days(3), lead_id=slow.lead_id)
    await history.tell(
        anna, slow, quick, idle, deal,
        make.qualified(slow, at=make.days(2)),
        make.outcome(quick, converted=True, at=make.days(1)),
        make.won(deal, "talk", at=make.days(7)),
    )  # fmt: skip

    assert await history.report("funnel", pipeline="lead") == [
        _step("lead", "captured", 3, 2, 0.666667, 2.0),
        _step("lead", "qualified", 2, 2, 1.0, 1.0),
        _step("lead", "converted", 2, 1, 0.5, 4.0),
        _step("lead", "won", 1, None, None, None),
    ]


async def test_the_funnel_counts_what_went_further_and_how_long_it_stayed(
    history: History,
) -> None:
    anna = make.person("Anna")
    winner, returner, loser = (make.opened(anna) for _ in range(3))
    await history.tell(
        anna, winner, returner, loser,
        make.moved(winner, "talk", "offer", at=make.days(2)),
        make.won(winner, "offer", at=make.days(3)),
        make.moved(returner, "talk", "needs", at=make.days(4)),
        make.moved(returner, "needs", "talk", at=make.days(5)),
        make.lost(loser, "talk", at=make.days(6)),
    )  # fmt: skip

    assert await history.report("funnel", pipeline="standard") == [
        _step("standard", "talk", 3, 2, 0.666667, 4.0),
        _step("standard", "needs", 1, 0, 0.0, 1.0),
        _step("standard", "offer", 1, 1, 1.0, 1.0),
        _step("standard", "won", 1, None, None, None),
        _step("standard", "lost", 1, None, None, None),
    ]
    assert await history.report("funnel", pipeline="standard", as_of="2026-03-05") == [
        _step("standard", "talk", 3, 1, 0.333333, 2.0),
        _step("standard", "offer", 1, 1, 1.0, 1.0),
        _step("standard", "won", 1, None, None, None),
    ]


async def test_efficiency_measures_from_the_hour_a_seller_was_given_the_lead(
    history: History,
) -> None:
    east = make.unit("East", "region")
    team = make.unit("First", parent=east.unit_id)
    anna, idle = make.person("Anna", team.unit_id), make.person("Idle", team.unit_id)
    first, second, third = (make.lead() for _ in range(3))
    deal = make.opened(anna)
    await history.tell(
        east, team, anna, idle, first, second, third, deal,
        make.recorded(anna, "lost"),
        make.won(deal, "talk", at=make.days(1), amount="50"),
        make.opened(anna),
        make.assigned("lead", first.lead_id, anna),
        make.assigned("lead", second.lead_id, anna),
        make.assigned("lead", third.lead_id, anna),
        make.activity("lead", first.lead_id, anna, at=make.days(0.25)),
        make.activity("lead", first.lead_id, anna, at=make.days(3)),
        make.activity("lead", second.lead_id, anna, at=make.days(0.5)),
        make.pooled("lead", third.lead_id, unit_id=team.unit_id, at=make.days(2)),
        make.activity("lead", third.lead_id, anna, at=make.days(2.5)),
    )  # fmt: skip
    work = {
        "leads_assigned": 3,
        "leads_touched": 2,
        "first_response_hours": 9.0,
        "activities": 4,
        "won": 1,
        "lost": 1,
        "win_rate": 0.5,
        "won_value": 50.0,
        "open": 1,
    }
    nothing = dict.fromkeys(work, 0) | {"first_response_hours": None}

    assert await history.report("efficiency") == [
        {"seller": "Anna", **work},
        {"seller": "Idle", **nothing},
    ]
    assert await history.report("efficiency", by="team") == [{"team": "First", **work}]
    assert await history.report("efficiency", by="region") == [{"region": "East", **work}]


def _step(
    pipeline: str,
    stage: str,
    entered: int,
    converted: int | None,
    conversion: float | None,
    days: float | None,
) -> dict[str, object]:
    return {
        "pipeline": pipeline,
        "stage": stage,
        "entered": entered,
        "converted": converted,
        "conversion": conversion,
        "median_days": days,
    }

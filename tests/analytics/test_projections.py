"""What analytics keeps of what it hears, in whatever order."""

from datetime import date
from typing import Any

from shared.contracts.opportunities import StageEntered
from tests.analytics import make
from tests.analytics.history import History, Rows


async def rows(history: History, sql: str, *args: Any) -> Rows:
    async with history.world["analytics"].database.tx() as tx:
        return [dict(row) for row in await tx.fetch(sql, *args)]


async def test_a_lead_is_not_counted_before_its_own_event_is_heard(history: History) -> None:
    anna, lead = make.person("Anna"), make.lead()
    await history.tell(anna, make.assigned("lead", lead.lead_id, anna))
    [before] = await history.report("source-conversion")

    await history.tell(lead)
    [after] = await history.report("source-conversion", asked_by=anna)

    assert (before["leads"], after["leads"]) == (0, 1)


async def test_names_not_yet_heard_show_as_ids_until_they_are(history: History) -> None:
    anna = make.person("Anna")
    await history.tell(make.recorded(anna))
    [before] = await history.report("win-rate", by="seller")

    await history.tell(anna)
    [after] = await history.report("win-rate", by="seller")

    assert (before["seller"], after["seller"]) == (str(anna.person_id), "Anna")


async def test_the_whole_log_heard_again_changes_nothing(history: History) -> None:
    anna, lead = make.person("Anna"), make.lead()
    deal = make.opened(anna, lead_id=lead.lead_id)
    await history.tell(anna, lead, deal, make.won(deal, "talk", at=make.days(1)))
    before = (await history.get("/checksums")).json()

    await history.send(history.world.log.events())

    assert (await history.get("/checksums")).json() == before


async def test_when_it_was_so_stands_beside_when_it_was_known(history: History) -> None:
    anna = make.person("Anna")
    deal = make.opened(anna, at=make.days(-9))
    await history.tell(anna, deal, at=make.days(0))
    await history.tell(make.moved(deal, "talk", "offer", at=make.days(-3)), at=make.days(1))

    found = await rows(
        history,
        """
        SELECT stage, entered_at, left_at, known_at, left_known_at
        FROM stage_interval
        ORDER BY sequence
        """,
    )

    assert [tuple(row.values()) for row in found] == [
        ("talk", make.days(-9), make.days(-3), make.days(0), make.days(1)),
        ("offer", make.days(-3), None, make.days(1), None),
    ]


async def test_a_deal_recorded_anew_keeps_what_was_believed_before(history: History) -> None:
    anna = make.person("Anna")
    first = make.recorded(anna, "open")
    await history.tell(anna, first)
    await history.tell(
        make.recorded(anna, closed_on=date(2026, 2, 1), opportunity_id=first.opportunity_id),
        at=make.days(5),
    )

    found = await rows(
        history, "SELECT stage, believed_until FROM stage_interval ORDER BY sequence"
    )

    assert [tuple(row.values()) for row in found] == [("Engaging", make.days(5)), ("Won", None)]
    assert await history.report("stage-counts") == [{"stage": "Won", "count": 1}]


async def test_a_deal_taken_over_with_its_path_and_its_lead_is_in_both_funnels(
    history: History,
) -> None:
    anna, lead = make.person("Anna"), make.lead(at=make.days(-90))
    path = (
        StageEntered(stage="Prospecting", probability=0.1, entered_on=date(2026, 1, 1)),
        StageEntered(stage="Engaging", probability=0.5, entered_on=date(2026, 1, 11)),
    )
    won = make.recorded(anna, closed_on=date(2026, 1, 31), lead_id=lead.lead_id, path=path)
    still_open = make.recorded(anna, "open", path=path)
    await history.tell(anna, lead, won, still_open)

    leads = await history.report("funnel", pipeline="lead")
    deals = await history.report("funnel", pipeline="old")
    then = await history.report("stage-counts", as_of="2026-01-05")

    assert [(row["stage"], row["entered"]) for row in leads][-2:] == [("converted", 1), ("won", 1)]
    assert [
        (row["stage"], row["entered"], row["converted"], row["median_days"]) for row in deals
    ] == [
        ("Prospecting", 2, 2, 10.0),
        ("Engaging", 2, 1, 20.0),
        ("Won", 1, None, None),
    ]
    assert then == [{"stage": "Prospecting", "count": 2}]


async def test_a_unit_moved_to_another_region_takes_its_deals_along(history: History) -> None:
    east, west = make.unit("East", "region"), make.unit("West", "region")
    team = make.unit("First", parent=east.unit_id)
    anna = make.person("Anna", team.unit_id)
    await history.tell(east, west, team, anna, make.recorded(anna))

    await history.tell(team.model_copy(update={"parent_id": west.unit_id}))
    found = await history.report("win-rate", by="region")

    assert [(row["region"], row["won"]) for row in found] == [("East", 0), ("West", 1)]


async def test_units_in_a_circle_do_not_stop_the_reports(history: History) -> None:
    one, other = make.unit("One"), make.unit("Other")
    anna = make.person("Anna", one.unit_id)
    await history.tell(
        one.model_copy(update={"parent_id": other.unit_id}),
        other.model_copy(update={"parent_id": one.unit_id}),
        anna,
        make.recorded(anna),
    )

    assert [row["region"] for row in await history.report("win-rate", by="region")] == ["(blank)"]

"""Whoever asks is answered from what they may see."""

import pytest

from shared.contracts.opportunities import PersonDefined
from shared.db import Scope
from tests.analytics import make
from tests.analytics.history import History

Staff = dict[str, PersonDefined]


@pytest.fixture
async def staff(history: History) -> Staff:
    """Two teams in one region, and another region; one won deal and one lead for each seller."""
    east, west = make.unit("East", "region"), make.unit("West", "region")
    first, second = (make.unit(name, parent=east.unit_id) for name in ("First", "Second"))
    anna, bert = make.person("Anna", first.unit_id), make.person("Bert", second.unit_id)
    carl = make.person("Carl", west.unit_id)
    lead_of_first = make.person("Lena", first.unit_id, roles=("team_lead",))
    head_of_east = make.person("Eva", east.unit_id, roles=("manager",))
    sellers = (anna, bert, carl)
    leads = [make.lead() for _ in sellers]
    await history.tell(
        east,
        west,
        first,
        second,
        *sellers,
        lead_of_first,
        head_of_east,
        *leads,
        *(make.recorded(seller) for seller in sellers),
        *(
            make.assigned("lead", lead.lead_id, seller)
            for lead, seller in zip(leads, sellers, strict=True)
        ),
        *(
            make.activity("lead", lead.lead_id, seller, at=make.days(1))
            for lead, seller in zip(leads, sellers, strict=True)
        ),
    )
    return {"anna": anna, "lena": lead_of_first, "eva": head_of_east, "root": history.operator}


@pytest.mark.parametrize(
    ("who", "sellers"),
    [
        pytest.param("anna", ["Anna"], id="a seller sees their own"),
        pytest.param("lena", ["Anna"], id="a team lead sees the team"),
        pytest.param("eva", ["Anna", "Bert"], id="a manager sees what lies below"),
        pytest.param("root", ["Anna", "Bert", "Carl"], id="the operator sees all"),
    ],
)
async def test_every_report_shows_what_the_caller_may_see(
    history: History, staff: Staff, who: str, sellers: list[str]
) -> None:
    caller = staff[who]
    seen = len(sellers)

    by_seller = await history.report("win-rate", asked_by=caller, by="seller")
    [summary] = await history.report("summary", asked_by=caller)
    [stages] = await history.report("stage-counts", asked_by=caller)
    [was_open] = await history.report("pipeline", asked_by=caller, as_of="2026-01-10")
    [leads] = await history.report("source-conversion", asked_by=caller)
    funnel = await history.report("funnel", asked_by=caller)
    efficiency = await history.report("efficiency", asked_by=caller)

    assert [row["seller"] for row in by_seller] == sellers
    assert summary["won"] == seen
    assert stages["count"] == seen
    assert was_open["open"] == seen
    assert leads["leads"] == seen
    assert {row["entered"] for row in funnel if row["stage"] in ("captured", "Won")} == {seen}
    assert [(row["seller"], row["leads_touched"]) for row in efficiency] == [
        (seller, 1) for seller in sellers
    ]


async def test_only_regions_and_teams_in_sight_show_as_zero(history: History, staff: Staff) -> None:
    regions = await history.report("win-rate", asked_by=staff["eva"], by="region")
    teams = await history.report("efficiency", asked_by=staff["lena"], by="team")

    assert [row["region"] for row in regions] == ["East"]
    assert [row["team"] for row in teams] == ["First"]


async def test_a_deal_that_changed_hands_is_seen_by_its_new_owner_alone(
    history: History, staff: Staff
) -> None:
    dora, emil = make.person("Dora", make.some_id()), make.person("Emil", make.some_id())
    deal = make.opened(dora)
    await history.tell(dora, emil, deal)
    await history.tell(make.assigned("opportunity", deal.opportunity_id, emil))

    of_dora = await history.report("pipeline", asked_by=dora)
    of_emil = await history.report("pipeline", asked_by=emil)

    assert (of_dora[0]["open"], of_emil[0]["open"]) == (0, 1)


async def test_row_level_security_stands_behind_the_queries(history: History, staff: Staff) -> None:
    database = history.world["analytics"].database
    async with database.tx(scope=Scope(person_id=staff["anna"].person_id)) as tx:
        seen = [
            await tx.fetchval("SELECT count(*) FROM lead"),
            await tx.fetchval("SELECT count(*) FROM deal"),
            await tx.fetchval("SELECT count(*) FROM ownership_period"),
            await tx.fetchval("SELECT count(*) FROM activity"),
        ]

    assert seen == [1, 1, 1, 1]

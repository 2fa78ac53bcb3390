"""What was won is told by what brought them first, and by what brought them last before they bought."""

from datetime import datetime
from typing import Any

import pytest

from services.analytics.domain.reports import REPORTS
from shared.contracts.leads import (
    LeadCaptured,
    LeadDisqualified,
    LeadMerged,
    LeadReopened,
    LeadTouched,
    LeadTrail,
)
from tests.analytics import make
from tests.analytics.history import History, Rows


def touched(lead: LeadCaptured, *, at: datetime, **said: Any) -> LeadTouched:
    return LeadTouched(
        lead_id=lead.lead_id, submission_id=make.some_id(), channel="web", touched_at=at, **said
    )


def brought(rows: Rows, by: str) -> dict[str, tuple[int, int, int, float]]:
    return {row[by]: (row["leads"], row["deals"], row["won"], row["won_value"]) for row in rows}


async def test_first_and_last_touch_share_out_what_was_won(history: History) -> None:
    anna = make.person("Anna")
    baidu, bing = make.lead(source="baidu"), make.lead(source="bing")
    deal = make.opened(anna, lead_id=baidu.lead_id, at=make.days(3))
    await history.tell(anna, baidu, bing, touched(baidu, at=make.days(1), source="weibo"), deal)
    await history.tell(make.won(deal, "talk", at=make.days(5), amount="700"))
    await history.tell(touched(baidu, at=make.days(9), source="after the sale"))

    first = await history.report("attribution", by="first_source")
    last = await history.report("attribution", by="last_source")

    assert brought(first, "first_source") == {"baidu": (1, 1, 1, 700), "bing": (1, 0, 0, 0)}
    assert brought(last, "last_source") == {"weibo": (1, 1, 1, 700), "bing": (1, 0, 0, 0)}


async def test_a_touch_is_as_it_was_said_whatever_the_lead_was_corrected_to(
    history: History,
) -> None:
    lead = make.lead(source="baidu", campaign="spring")
    await history.tell(lead, make.updated(lead, source="bing"))

    rows = await history.report("attribution", by="first_campaign")

    assert brought(rows, "first_campaign") == {"spring": (1, 0, 0, 0)}
    assert [row["first_source"] for row in await history.report("attribution")] == ["baidu"]


async def test_links_and_clicks_are_told_too(history: History) -> None:
    lead = make.lead()
    trail = LeadTrail(utm_source="news", utm_campaign="may", click="gclid")
    await history.tell(lead, touched(lead, at=make.days(1), trail=trail))

    found = {
        by: [row[by] for row in await history.report("attribution", by=by)]
        for by in ("first_utm_source", "last_utm_source", "last_utm_campaign", "last_click")
    }

    assert found == {
        "first_utm_source": ["(blank)"],
        "last_utm_source": ["news"],
        "last_utm_campaign": ["may"],
        "last_click": ["gclid"],
    }


async def test_looking_back_neither_later_touches_nor_later_sales_count(history: History) -> None:
    anna = make.person("Anna")
    lead = make.lead(source="baidu", at=make.days(0))
    deal = make.opened(anna, lead_id=lead.lead_id, at=make.days(1))
    await history.tell(anna, lead, deal, touched(lead, at=make.days(2), source="weibo"))
    await history.tell(make.won(deal, "talk", at=make.days(5), amount="700"))

    as_of = make.days(1).date().isoformat()
    rows = await history.report("attribution", by="last_source", as_of=as_of)

    assert brought(rows, "last_source") == {"baidu": (1, 1, 0, 0)}


async def test_touches_and_deals_of_a_merged_lead_count_for_the_one_that_goes_on(
    history: History,
) -> None:
    anna = make.person("Anna")
    older = make.lead(source="baidu", at=make.days(0))
    newer = make.lead(source="weibo", at=make.days(1))
    deal = make.opened(anna, lead_id=newer.lead_id, at=make.days(2))
    merged = LeadMerged(
        lead_id=newer.lead_id, into_id=older.lead_id, merged_by=None, merged_at=make.days(4)
    )
    await history.tell(anna, older, newer, deal)
    await history.tell(make.won(deal, "talk", at=make.days(3), amount="5"), merged)

    first = await history.report("attribution", by="first_source")
    last = await history.report("attribution", by="last_source")

    assert brought(first, "first_source") == {"baidu": (1, 1, 1, 5)}
    assert brought(last, "last_source") == {"weibo": (1, 1, 1, 5)}


async def test_a_lead_whose_import_was_undone_is_in_no_report_until_it_comes_back(
    history: History,
) -> None:
    lead = make.lead(source="baidu")
    withdrawn = LeadDisqualified(
        lead_id=lead.lead_id,
        reason="import_undone",
        disqualified_by=None,
        disqualified_at=make.NOW,
    )
    back = LeadReopened(
        lead_id=lead.lead_id,
        reason="told_again",
        ended_as="disqualified",
        ended_for="import_undone",
        reopened_by=None,
        reopened_at=make.NOW,
    )

    await history.tell(lead, withdrawn)
    gone = [await history.report("attribution"), await history.report("source-conversion")]
    await history.tell(back)
    [again] = await history.report("source-conversion")

    assert gone == [[], [{"leads": 0, "converted": 0, "rate": 0}]]
    assert again["leads"] == 1


@pytest.mark.parametrize("by", REPORTS["attribution"].dimensions)
async def test_every_dimension_can_be_asked_for(history: History, by: str) -> None:
    await history.tell(make.lead(source="baidu"))

    [row] = await history.report("attribution", by=by)

    assert row["leads"] == 1


async def test_a_seller_sees_only_what_came_of_their_own_leads(history: History) -> None:
    anna, ben = make.person("Anna"), make.person("Ben")
    hers, his = make.lead(source="baidu"), make.lead(source="bing")
    await history.tell(anna, ben, hers, his)
    await history.tell(
        make.assigned("lead", hers.lead_id, anna), make.assigned("lead", his.lead_id, ben)
    )

    rows = await history.report("attribution", asked_by=anna)

    assert [row["first_source"] for row in rows] == ["baidu"]

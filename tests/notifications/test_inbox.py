"""One's own notices over HTTP: pages, counts, reading, preferences, and the stream."""

import asyncio
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest

from shared.contracts.opportunities import PersonDefined
from tests.notifications import make
from tests.notifications.conftest import Staff
from tests.notifications.desk import Desk
from tests.support import streams
from tests.support.streams import Stream


def stream(
    desk: Desk, reader: PersonDefined, *, query: str = "", last_event_id: str | None = None
) -> AbstractAsyncContextManager[Stream]:
    """Listen to one's notices."""
    headers = desk.world.headers(reader.person_id)
    if last_event_id is not None:
        headers["Last-Event-ID"] = last_event_id
    return streams.stream(desk.api, "/inbox/stream", headers, query=query)


async def test_a_list_goes_on_page_by_page_from_the_newest(desk: Desk, staff: Staff):
    for _ in range(5):
        desk.say(make.assigned(staff.anna, uuid4()))
    await desk.world.settle()

    first = await desk.get("/inbox", staff.anna, limit=2)
    second = await desk.get("/inbox", staff.anna, limit=2, cursor=first["next_cursor"])
    third = await desk.get("/inbox", staff.anna, limit=2, cursor=second["next_cursor"])

    pages = [[notice["position"] for notice in page["items"]] for page in (first, second, third)]
    assert pages == [[5, 4], [3, 2], [1]]
    assert third["next_cursor"] is None


async def test_what_was_read_is_no_longer_among_the_unread(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()), make.assigned(staff.anna, uuid4()))
    newest, oldest = await desk.inbox(staff.anna)

    read = await desk.put(f"/inbox/{newest['id']}/read", staff.anna)

    assert read.json()["read_at"] is not None
    assert [notice["id"] for notice in await desk.inbox(staff.anna, unread=True)] == [oldest["id"]]
    assert await desk.get("/inbox/count", staff.anna) == {"unread": 1, "last_position": 2}


async def test_somebody_elses_notice_is_not_there(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()))
    (notice,) = await desk.inbox(staff.anna)

    answers = [
        await desk.put(f"/inbox/{notice['id']}/read", reader)
        for reader in (staff.ben, staff.chen, staff.olga)
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_the_language_of_choice_is_that_of_old_notices_too(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()))

    await desk.put("/preferences", staff.anna, {"language": "en"})

    (notice,) = await desk.inbox(staff.anna)
    assert notice["title"].startswith("You have a new lead")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"language": "fr"}, id="a language we do not speak"),
        pytest.param({"channels": {"new_owner": ["pigeon"]}}, id="a channel there is not"),
        pytest.param({"channels": {"lunch": ["mail"]}}, id="a notice there is not"),
        pytest.param({"colour": "red"}, id="an unknown field"),
        pytest.param([], id="not an object"),
    ],
)
async def test_preferences_that_make_no_sense_are_refused(desk: Desk, staff: Staff, body: object):
    answer = await desk.put("/preferences", staff.anna, body)

    assert answer.status_code == 422


async def test_a_stream_shows_notices_as_they_are_placed(desk: Desk, staff: Staff):
    async with stream(desk, staff.anna) as live:
        await desk.hear(make.assigned(staff.anna, uuid4()), make.assigned(staff.ben, uuid4()))
        notice = await live.next("notice")

    assert notice["position"] == 1
    assert notice["title"].startswith("新线索归你跟进")


async def test_a_stream_goes_on_where_it_broke_off(desk: Desk, staff: Staff):
    async with stream(desk, staff.anna) as live:
        await desk.hear(make.assigned(staff.anna, uuid4()))
        seen = await live.next("notice")
    await desk.hear(make.assigned(staff.anna, uuid4()), make.assigned(staff.anna, uuid4()))

    async with stream(desk, staff.anna, last_event_id=seen["event_id"]) as live:
        missed = [(await live.next("notice"))["position"] for _ in range(2)]

    assert missed == [2, 3]


async def test_a_stream_can_begin_where_the_list_ended(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()))
    known = await desk.get("/inbox/count", staff.anna)
    await desk.hear(make.assigned(staff.anna, uuid4()))

    async with stream(desk, staff.anna, query=f"after={known['last_position']}") as live:
        notice = await live.next("notice")

    assert notice["position"] == 2


async def test_notices_that_commit_side_by_side_reach_the_stream_without_a_gap(
    desk: Desk, staff: Staff
):
    """Eight sweeps place notices for one reader at the same time; the stream misses none."""
    for _ in range(80):
        subject = uuid4()
        desk.say(
            make.assigned(
                staff.anna, subject, reason="claimed", assigned_at=desk.now, respond_by=desk.now
            )
        )
    await desk.world.settle()

    async with stream(desk, staff.anna) as live:
        sweeps = [desk.sweep("remind of overdue follow-ups") for _ in range(8)]
        await asyncio.gather(*sweeps)
        positions = [(await live.next("notice"))["position"] for _ in range(80)]

    assert positions == list(range(1, 81))


async def test_a_stream_ends_when_the_process_is_told_to(desk: Desk, staff: Staff):
    async with stream(desk, staff.anna) as live:
        desk.world["notifications"].resources.stop.set()

        await live.end()


async def test_a_stream_ends_when_its_reader_has_left(desk: Desk, staff: Staff):
    async with stream(desk, staff.anna) as live:
        await desk.hear(staff.anna.model_copy(update={"active": False}))

        await live.end()


@pytest.mark.parametrize("last", ["-1", "abc", "1.5", "9" * 30])
async def test_a_position_that_is_none_is_refused(desk: Desk, staff: Staff, last: str):
    headers = desk.world.headers(staff.anna.person_id)
    headers["Last-Event-ID"] = last

    answer = await desk.api.get("/inbox/stream", headers=headers)

    assert answer.status_code == 422

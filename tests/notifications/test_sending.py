"""Notices leave the house after their commit, once more when the sender died, and not for ever."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.notifications.domain.delivery import LEASE, RETRY_AFTER
from services.notifications.domain.post import LONGEST_POST
from shared import failpoints
from shared.failpoints import FailpointReached
from shared.timers import SendFailed
from tests.notifications import make
from tests.notifications.conftest import Staff
from tests.notifications.desk import Desk
from tests.notifications.make import SECOND

MAIL, WECOM = "send mail", "send to WeCom"


async def states(desk: Desk, channel: str) -> list[dict[str, Any]]:
    return await desk.rows(
        "SELECT state, attempts, last_error FROM delivery WHERE channel = $1", channel
    )


async def test_a_new_owner_gets_a_mail_in_their_language(desk: Desk, staff: Staff):
    lead = make.lead("远东轴承")
    await desk.hear(lead, make.assigned(staff.anna, lead.lead_id))

    await desk.pass_time()

    (letter,) = desk.sent.letters
    (notice,) = await desk.inbox(staff.anna)
    assert (letter.to, letter.subject) == ("anna@example.com", "新线索归你跟进：远东轴承")
    assert str(letter.message_id) == notice["id"]


async def test_a_mail_is_sent_once(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()))

    await desk.pass_time()
    await desk.pass_time(timedelta(days=2))

    assert len(desk.sent.letters) == 1
    assert [row["state"] for row in await states(desk, "mail")] == ["sent"]


@pytest.mark.parametrize(
    ("timer", "channel", "outbox"),
    [
        pytest.param(MAIL, "mail", "letters", id="mail"),
        pytest.param(WECOM, "wecom", "posts", id="robot"),
    ],
)
async def test_a_message_whose_sender_died_before_noting_it_is_sent_again_under_the_same_id(
    desk: Desk, staff: Staff, timer: str, channel: str, outbox: str
):
    for _ in range(3):
        desk.say(make.assigned(staff.anna, uuid4()))
    await desk.world.settle()
    failpoints.plan("dispatch.sent=raise")
    with pytest.raises(FailpointReached):
        await desk.sweep(timer)
    failpoints.plan("")
    first = [message.message_id for message in getattr(desk.sent, outbox)]

    await desk.sweep(timer)
    still_leased = len(getattr(desk.sent, outbox)) - len(first)
    await desk.pass_time(LEASE + SECOND)

    again = [message.message_id for message in getattr(desk.sent, outbox)[len(first) :]]
    assert still_leased == 0
    assert sorted(again) == sorted(first)
    assert {row["state"] for row in await states(desk, channel)} == {"sent"}


async def test_a_robots_message_is_the_same_the_second_time_though_more_has_come(
    desk: Desk, staff: Staff
):
    await desk.hear(make.assigned(staff.anna, uuid4()))
    failpoints.plan("dispatch.sent=raise")
    with pytest.raises(FailpointReached):
        await desk.sweep(WECOM)
    failpoints.plan("")
    await desk.hear(make.assigned(staff.ben, uuid4()))

    await desk.pass_time(LEASE + SECOND)

    first, second, third = desk.sent.posts
    by_id = {post.message_id: post for post in (second, third)}
    assert by_id[first.message_id] == first


async def test_a_message_that_is_refused_for_now_is_sent_later(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()))
    desk.sent.failure = SendFailed("server answered 451", retry=True)
    await desk.pass_time()
    refused = await states(desk, "mail")

    desk.sent.failure = None
    await desk.pass_time(RETRY_AFTER[0] - 5 * SECOND)
    too_early = len(desk.sent.letters)
    await desk.pass_time(10 * SECOND)

    assert refused == [{"state": "due", "attempts": 1, "last_error": "server answered 451"}]
    assert (too_early, len(desk.sent.letters)) == (0, 1)


async def test_a_message_that_never_arrives_is_dead_and_can_be_found(desk: Desk, staff: Staff):
    await desk.hear(make.assigned(staff.anna, uuid4()))
    desk.sent.failure = SendFailed("SMTPConnectError", retry=True)

    for pause in (timedelta(0), *RETRY_AFTER):
        await desk.pass_time(pause + SECOND)

    dead = await desk.get("/deliveries", staff.olga, state="failed")
    assert {(each["channel"], each["last_error"]) for each in dead["items"]} == {
        ("mail", "SMTPConnectError"),
        ("wecom", "SMTPConnectError"),
    }
    assert {each["attempts"] for each in dead["items"]} == {len(RETRY_AFTER) + 1}


async def test_a_mail_to_somebody_unknown_waits_for_the_directory(desk: Desk, staff: Staff):
    newcomer = make.person("Dana", unit_id=staff.team.unit_id)
    await desk.hear(make.assigned(newcomer, uuid4()))
    await desk.pass_time()

    await desk.hear(newcomer)
    await desk.pass_time(timedelta(minutes=1))

    assert [letter.to for letter in desk.sent.letters] == ["dana@example.com"]


async def test_somebody_without_a_work_address_gets_no_mail(desk: Desk, staff: Staff):
    newcomer = make.person("Dana", unit_id=staff.team.unit_id, email="")

    await desk.hear(newcomer, make.assigned(newcomer, uuid4()))

    assert await states(desk, "mail") == []


async def test_what_a_person_does_not_want_is_not_sent(desk: Desk, staff: Staff):
    await desk.put("/preferences", staff.anna, {"channels": {"new_owner": []}})

    await desk.hear(make.assigned(staff.anna, uuid4()))
    await desk.pass_time()

    assert (desk.sent.letters, desk.sent.posts) == ([], [])
    assert await desk.kinds(staff.anna) == ["new_owner"]


async def test_a_channel_that_is_off_by_default_can_be_wanted(desk: Desk, staff: Staff):
    await desk.put("/preferences", staff.olga, {"channels": {"lead_unassigned": ["mail"]}})

    await desk.hear(make.unassigned(uuid4(), unit_id=staff.team.unit_id))
    await desk.pass_time()

    assert [letter.to for letter in desk.sent.letters] == ["olga@example.com"]


async def test_a_burst_goes_to_the_robot_in_few_messages(desk: Desk, staff: Staff):
    for _ in range(60):
        desk.say(make.assigned(staff.anna, uuid4()))
    await desk.world.settle()

    await desk.pass_time()

    texts = [post.text for post in desk.sent.posts]
    assert sum(text.count("@Anna") for text in texts) == 60
    assert len(texts) <= 5
    assert all(len(text.encode()) <= LONGEST_POST for text in texts)


async def test_the_robot_waits_when_it_has_said_enough(desk: Desk, staff: Staff):
    sizes = []
    for _ in range(8):
        await desk.hear(make.assigned(staff.anna, uuid4()))
        await desk.sweep(WECOM)
        sizes.append(len(desk.sent.posts))
    at_once = sizes[-1]

    await desk.pass_time(timedelta(minutes=1))

    assert at_once == 5
    assert sum(post.text.count("@Anna") for post in desk.sent.posts) == 8

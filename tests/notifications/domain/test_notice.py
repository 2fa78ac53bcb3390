"""A notice is placed once and read once."""

from uuid import uuid4

from services.notifications.domain import notice
from tests.notifications import make
from tests.notifications.make import HOUR, NOW


def test_a_notice_that_is_placed_says_so():
    reader = uuid4()

    placed, events = notice.place(make.cause(kind="deal_won"), recipient_id=reader, now=NOW)

    assert placed.sequence == 1
    assert [(event.recipient_id, event.kind) for event in events] == [(reader, "deal_won")]


def test_reading_a_notice_is_announced_once():
    placed, _ = notice.place(make.cause(), recipient_id=uuid4(), now=NOW)

    seen, first = notice.read(placed, now=NOW + HOUR)
    again, second = notice.read(seen, now=NOW + 2 * HOUR)

    assert (len(first), len(second)) == (1, 0)
    assert again.read_at == NOW + HOUR

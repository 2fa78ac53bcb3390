"""Many notices fit into few messages, and no message is longer than the robot takes."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as some

from services.notifications.domain import post
from services.notifications.domain.post import LONGEST_POST, Line

texts = some.lists(some.text(alphabet="商机leads🚀 ", max_size=900), max_size=20)


@given(texts)
def test_nothing_is_lost_or_moved_and_no_message_is_too_long(written: list[str]):
    lines = [Line(notice_id=uuid4(), text=text) for text in written]

    packed = list(post.pack(lines))

    assert [line for held in packed for line in held] == lines
    assert all(len(post.text_of(held).encode()) <= LONGEST_POST for held in packed)


def test_short_lines_share_a_message():
    lines = [Line(notice_id=uuid4(), text="新线索归你跟进") for _ in range(20)]

    assert len(list(post.pack(lines))) == 1


def test_a_line_that_is_too_long_alone_is_cut_between_characters():
    text = post.text_of([Line(notice_id=uuid4(), text="商" * 1000)])

    assert text.endswith("商…")
    assert len(text.encode()) <= LONGEST_POST

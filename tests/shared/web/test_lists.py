"""Lists are read to their end, page by page, and nobody makes up a cursor."""

import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from shared.web import cursor
from shared.web.cursor import Value
from shared.web.refusals import InvalidCursor
from tests.shared.web.toy import Caller, Toy

KEY, READER = b"k" * 32, b"anna"


async def read_all(caller: Caller, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    path = f"/notes?limit={limit}"
    while True:
        page = (await caller.get(path)).json()
        pages.append([note["text"] for note in page["items"]])
        if page["next_cursor"] is None:
            return pages
        path = f"/notes?limit={limit}&cursor={page['next_cursor']}"


@pytest.mark.parametrize(
    ("limit", "pages"),
    [
        (2, [["n4", "n3"], ["n2", "n1"], ["n0"]]),
        (5, [["n4", "n3", "n2", "n1", "n0"]]),
        (200, [["n4", "n3", "n2", "n1", "n0"]]),
    ],
)
async def test_every_item_is_on_one_page(
    toy: Toy, anna: Caller, limit: int, pages: list[list[str]]
):
    for number in range(5):
        await anna.note(f"n{number}")

    assert await read_all(anna, limit) == pages


async def test_what_is_added_while_reading_does_not_disturb(toy: Toy, anna: Caller):
    for number in range(3):
        await anna.note(f"n{number}")
    first = (await anna.get("/notes?limit=2")).json()

    await anna.note("newer")

    second = (await anna.get(f"/notes?limit=2&cursor={first['next_cursor']}")).json()
    assert [note["text"] for note in second["items"]] == ["n0"]


async def test_a_cursor_is_good_for_its_reader_only(toy: Toy, anna: Caller):
    for number in range(3):
        await anna.note(f"n{number}")
    mine = (await anna.get("/notes?limit=1")).json()["next_cursor"]
    ben = await toy.hire("seller")

    answer = await ben.get(f"/notes?limit=1&cursor={mine}")

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-cursor"


VALUES: tuple[Value, ...] = (
    "text 商机",
    7,
    1.5,
    True,
    None,
    datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC),
    date(2026, 3, 2),
    UUID(int=7),
    Decimal("12.30"),
)


def test_a_cursor_brings_back_what_went_in():
    encoded = cursor.encode(VALUES, key=KEY, bound_to=READER)

    assert cursor.decode(encoded, key=KEY, bound_to=READER) == VALUES


def test_no_changed_cursor_is_taken():
    encoded = cursor.encode(VALUES, key=KEY, bound_to=READER)
    raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    changed = [
        base64.urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode()
        for at in range(len(raw))
    ]

    for text in [*changed, "", "a", encoded[:-4], encoded[4:], "é", "=" * 8]:
        with pytest.raises(InvalidCursor):
            cursor.decode(text, key=KEY, bound_to=READER)


@pytest.mark.parametrize(("key", "reader"), [(b"x" * 32, READER), (KEY, b"ben")])
def test_a_cursor_is_bound(key: bytes, reader: bytes):
    encoded = cursor.encode(VALUES, key=KEY, bound_to=READER)

    with pytest.raises(InvalidCursor):
        cursor.decode(encoded, key=key, bound_to=reader)

"""Lists are read page by page; a cursor says where the next page begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from shared.web import cursor
from shared.web.cursor import Value
from shared.web.state import state_of
from shared.web.visit import visit_of

T = TypeVar("T")
DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


class Page(BaseModel, Generic[T]):
    """Some items of a list, and where it goes on."""

    items: list[T]
    next_cursor: str | None = None
    """Send it as `cursor` to get the next page; absent on the last."""


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """Which page is asked for. Queries fetch `limit + 1` rows after `after`: see `page`."""

    limit: int
    after: tuple[Value, ...] | None
    """The sort values of the last item already seen; nothing for the first page."""
    key: bytes = b""
    bound_to: bytes = b""

    @property
    def fetch(self) -> int:
        """How many rows to ask for: one more than shown tells whether there is a next page."""
        return self.limit + 1

    def value(self, index: int) -> Value:
        """One of the sort values to continue after; nothing on the first page."""
        return self.after[index] if self.after else None

    def page(self, items: Sequence[T], *, sort: Callable[[T], Sequence[Value]]) -> Page[T]:
        """The page of the rows fetched; `sort` gives an item's values in the order of the list."""
        shown = list(items[: self.limit])
        if len(items) <= self.limit:
            return Page(items=shown)
        following = cursor.encode(sort(shown[-1]), key=self.key, bound_to=self.bound_to)
        return Page(items=shown, next_cursor=following)


async def _page_request(
    request: Request,
    cursor_text: Annotated[str | None, Query(alias="cursor", max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT,
) -> PageRequest:
    key, bound_to = state_of(request).cursor_key, _binding(request)
    after = cursor.decode(cursor_text, key=key, bound_to=bound_to) if cursor_text else None
    return PageRequest(limit=limit, after=after, key=key, bound_to=bound_to)


def _binding(request: Request) -> bytes:
    """The list and its reader: a change of what they may see makes old cursors invalid."""
    visit = visit_of(request)
    who = f"{visit.actor_id} {visit.scope.everything} {' '.join(map(str, visit.scope.units))}"
    return sha256(f"{request.scope['path']} {who}".encode()).digest()


PageParams = Annotated[PageRequest, Depends(_page_request)]
"""`cursor` and `limit` of a list."""

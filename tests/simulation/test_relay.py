"""Which rule of choosing what to send survives every schedule, and which does not.

M1, M2 and M3 of the measurements behind docs/decisions/0013: a cursor loses what is committed late;
a fence of transaction ids loses nothing, but turns one aggregate's order around; reading all visible
rows in order and deleting after the acknowledgement does neither.
"""

from tests.simulation.exploring import fails, survives
from tests.simulation.machines import Speaking
from tests.simulation.relays import CursorOutbox, FencedOutbox


class WithCursor(Speaking):
    """Only losses count, whatever the order."""

    outbox = CursorOutbox
    order_matters = False


class WithFence(Speaking):
    """Losses and order count."""

    outbox = FencedOutbox


class WithFenceAndAnyOrder(Speaking):
    """Only losses count, whatever the order."""

    outbox = FencedOutbox
    order_matters = False


def test_our_relay_loses_nothing_and_keeps_order_in_every_schedule():
    survives(Speaking, schedules=1200)


def test_a_cursor_relay_is_found_to_lose_what_is_committed_late():
    assert "accepted events were lost" in fails(WithCursor)


def test_a_fence_of_transaction_ids_is_found_to_turn_order_around():
    assert "was due" in fails(WithFence)


def test_a_fence_of_transaction_ids_loses_nothing_which_shows_that_it_is_the_order_that_was_found():
    survives(WithFenceAndAnyOrder, schedules=200)

"""What the consumer decides from sequences alone."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.consumer.plan import ParkedEvent, decide
from shared.envelope import Envelope

LEAD = UUID("0192f7a0-0000-7000-8000-000000000001")
KEY = ("lead", LEAD)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def envelope(sequence: int) -> Envelope:
    return Envelope(
        event_id=uuid4(),
        aggregate_type="lead",
        aggregate_id=LEAD,
        sequence=sequence,
        type="lead.touched.v1",
        traceparent="",
        occurred_at=NOW,
        payload=b"{}",
    )


@pytest.mark.parametrize(
    ("last", "waiting", "batch", "applied", "parked", "duplicates"),
    [
        pytest.param(0, [], [1, 2, 3], [1, 2, 3], {}, 0, id="in-order"),
        pytest.param(2, [], [1, 2, 3], [3], {}, 2, id="what-was-heard-is-a-duplicate"),
        pytest.param(0, [], [1, 1, 2, 1, 2], [1, 2], {}, 3, id="twice-in-one-batch"),
        pytest.param(0, [], [1, 3], [1], {3: "gap"}, 0, id="a-hole-parks-what-follows"),
        pytest.param(0, [], [3, 2, 1], [1, 2, 3], {}, 0, id="turned-around-heals-in-the-batch"),
        pytest.param(1, [3, 4], [2], [2, 3, 4], {}, 0, id="the-missing-one-frees-the-parked"),
        pytest.param(1, [3, 5], [2], [2, 3], {}, 0, id="freed-only-up-to-the-next-hole"),
        pytest.param(1, [2], [3], [], {3: "behind"}, 0, id="a-refused-head-holds-the-rest"),
        pytest.param(1, [2], [2], [], {}, 1, id="a-parked-event-again-is-a-duplicate"),
        pytest.param(0, [], [], [], {}, 0, id="nothing"),
    ],
)
def test_a_batch_is_sorted_by_sequence(
    last: int,
    waiting: list[int],
    batch: list[int],
    applied: list[int],
    parked: dict[int, str],
    duplicates: int,
):
    held = [ParkedEvent(envelope=envelope(sequence), reason="gap") for sequence in waiting]

    plan = decide([envelope(n) for n in batch], last={KEY: last}, waiting={KEY: held})

    assert [event.sequence for event in plan.lines.get(KEY, [])] == applied
    assert {event.envelope.sequence: event.reason for event in plan.to_park} == parked
    assert len(plan.duplicates) == duplicates

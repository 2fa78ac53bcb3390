"""What operators see and may do, over HTTP."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared import access
from shared.contracts.opportunities import OwnershipAssigned, PersonDefined, UnitDefined
from shared.db import Tx
from shared.principals import ROOT_UNIT
from tests.support.world import World

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


async def operator(world: World) -> dict[str, str]:
    """An operator of the whole enterprise, known to every service."""
    person_id = uuid4()

    async def define(tx: Tx) -> None:
        await access.define(
            tx,
            [
                UnitDefined(unit_id=ROOT_UNIT, name="Root", kind="enterprise", parent_id=None),
                PersonDefined(
                    person_id=person_id,
                    username="ops",
                    name="Ops",
                    unit_id=ROOT_UNIT,
                    roles=("operator",),
                ),
            ],
        )

    for participant in world.services.values():
        async with participant.database.tx() as tx:
            await define(tx)
    return world.headers(person_id)


def strange(world: World, aggregate_id: UUID, *, sequence: int, value: bytes) -> None:
    """A message in the ownership topic that our relay would not send."""
    world.log.append(
        "ownership",
        aggregate_id,
        value=value,
        headers=[
            ("ce_id", str(uuid4()).encode()),
            ("ce_type", b"ownership.assigned.v1"),
            ("ce_subject", str(aggregate_id).encode()),
            ("ce_aggregatetype", b"ownership"),
            ("ce_sequence", str(sequence).encode()),
            ("ce_time", b"2026-03-02T09:30:00Z"),
        ],
    )


async def test_parked_events_are_listed_shown_and_dropped(world: World):
    headers, ownership = await operator(world), uuid4()
    strange(world, ownership, sequence=1, value=b'{"nonsense": true}')
    good = OwnershipAssigned(
        ownership_id=ownership,
        subject_kind="lead",
        subject_id=uuid4(),
        owner_id=uuid4(),
        unit_id=ROOT_UNIT,
        reason="routed",
        assigned_at=NOW,
    )
    strange(world, ownership, sequence=2, value=good.model_dump_json().encode())
    await world.settle()
    api = world["leads"].api

    listed = (await api.get("/operations/parked", headers=headers)).json()["items"]
    shown = (await api.get(f"/operations/parked/ownership/{ownership}", headers=headers)).json()
    dropped = await api.post(
        f"/operations/parked/ownership/{ownership}/drop",
        headers=headers,
        json={"why": "sent by a test"},
    )

    assert [(key["aggregate_id"], key["events"], key["reason"]) for key in listed] == [
        (str(ownership), 2, "unreadable")
    ]
    assert [event["sequence"] for event in shown] == [1, 2]
    assert dropped.json() == {"applied": 1, "still_parked": 0}


async def test_retrying_what_is_still_wrong_changes_nothing(world: World):
    headers, ownership = await operator(world), uuid4()
    strange(world, ownership, sequence=1, value=b"{}")
    await world.settle()

    retried = await world["leads"].api.post(
        f"/operations/parked/ownership/{ownership}/retry", headers=headers
    )

    assert retried.json() == {"applied": 0, "still_parked": 1}


async def test_a_key_that_is_not_parked_cannot_be_retried(world: World):
    headers = await operator(world)

    retried = await world["leads"].api.post(
        f"/operations/parked/lead/{uuid4()}/retry", headers=headers
    )

    assert retried.status_code == 404
    assert retried.headers["content-type"] == "application/problem+json"


async def test_the_feed_is_gapless_from_any_place(world: World):
    headers = await operator(world)
    for number in range(5):
        response = await world["leads"].api.post(
            "/leads",
            headers={**headers, "Idempotency-Key": str(number)},
            json={"company_name": f"Company {number}", "phone": f"1380013800{number}"},
        )
        assert response.status_code == 201, response.text
    await world.settle()
    api = world["leads"].api

    whole = (await api.get("/feed", headers=headers)).json()["items"]
    paged: list[int] = []
    after = 0
    while True:
        page = (await api.get(f"/feed?after={after}&limit=3", headers=headers)).json()
        if not page["items"]:
            break
        paged += [event["position"] for event in page["items"]]
        after = page["next_after"]

    assert [event["position"] for event in whole] == list(range(1, len(whole) + 1))
    assert paged == [event["position"] for event in whole]


async def test_only_the_demos_clock_can_be_moved(world: World):
    headers = await operator(world)

    moved = await world["leads"].api.put(
        "/operations/clock", headers=headers, json={"shift_seconds": 3600}
    )
    world["analytics"].resources.settings.demo = False
    refused = await world["analytics"].api.put(
        "/operations/clock", headers=headers, json={"shift_seconds": 3600}
    )

    assert moved.json()["shift_seconds"] == 3600
    assert refused.status_code == 403

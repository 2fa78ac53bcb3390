"""What other pool rules would have made of what people hold: pure, like `rehearsal`.

Both versions are played over the same window on the records that are held today: each goes back to its
pool at the first moment at which nobody has touched it for as long as its pool says.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from services.opportunities.domain.pool import UNTOUCHED, Facts, PoolPolicy
from services.opportunities.domain.rehearsal import WITH_RECEIPTS, Load, Move, Rehearsal, Side


@dataclass(frozen=True, kw_only=True)
class Held:
    """A record that somebody holds, and when it was touched."""

    subject_id: UUID
    owner_id: UUID
    unit_id: UUID
    facts: Facts
    since: datetime
    touches: tuple[tuple[datetime, date | None], ...] = ()
    """In their order, each with the day for which something was planned then: until it is over it is not untouched."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The past that is played."""

    since: datetime
    until: datetime
    zone: str


@dataclass(frozen=True, kw_only=True)
class Return:
    """A record that went back, and what for."""

    touched_at: datetime
    warned_at: datetime
    recycled_at: datetime


def rehearse_pool(
    held: Sequence[Held],
    *,
    in_force: PoolPolicy | None,
    tried: PoolPolicy,
    above: Mapping[UUID, Collection[UUID]],
    window: Window,
) -> tuple[Rehearsal, Sequence[Move]]:
    """Play the pool without and with the draft; of the first records that fare otherwise both sides are told."""
    sides = [
        [went_back(one, policy, above.get(one.unit_id, ()), window) for one in held]
        for policy in (in_force, tried)
    ]
    before, after = sides
    moved = [n for n in range(len(held)) if (before[n] is None) != (after[n] is None)]
    result = Rehearsal(
        leads=len(held),
        moved=len(moved),
        before=_side(before, in_force.version if in_force else 0),
        after=_side(after, tried.version),
        people=_loads(held, before, after),
        digest=sha256(
            "".join(
                f"{b and b.recycled_at}{a and a.recycled_at}" for b, a in zip(*sides, strict=True)
            ).encode()
        ).hexdigest(),
    )
    return result, [_move(held[n], before[n], after[n]) for n in moved[:WITH_RECEIPTS]]


def went_back(
    held: Held, policy: PoolPolicy | None, above: Collection[UUID], window: Window
) -> Return | None:
    """When the record went back to the pool within the window, if it did."""
    if policy is None or policy.recycling is None:
        return None
    if policy.unit_id not in above or not policy.only.fits(held.facts):
        return None
    alone_for = policy.recycling.untouched_for
    plan_over = datetime.min.replace(tzinfo=UTC)
    touches = [(held.since, None), *(touch for touch in held.touches if touch[0] > held.since)]
    ends = [*(at for at, _ in touches[1:]), window.until]
    for (touched_at, planned), next_at in zip(touches, ends, strict=True):
        if planned is not None:
            plan_over = max(plan_over, _end_of(planned, window.zone))
        due = max(touched_at + alone_for, plan_over, window.since)
        if due <= next_at:
            return Return(
                touched_at=touched_at,
                warned_at=due - policy.recycling.warned_before,
                recycled_at=due,
            )
    return None


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def _side(returns: Sequence[Return | None], version: int) -> Side:
    back = sum(one is not None for one in returns)
    return Side(
        version=version,
        owned=len(returns) - back,
        pooled=back,
        unassigned=0,
        reasons={UNTOUCHED: back} if back else {},
        gini=None,
        in_time=None,
    )


def _loads(
    held: Sequence[Held], before: Sequence[Return | None], after: Sequence[Return | None]
) -> tuple[Load, ...]:
    kept = [
        Counter(one.owner_id for one, back in zip(held, side, strict=True) if back is None)
        for side in (before, after)
    ]
    return tuple(
        Load(
            person_id=person_id,
            before=kept[0][person_id],
            after=kept[1][person_id],
            good_before=0,
            good_after=0,
        )
        for person_id in sorted({one.owner_id for one in held})
    )


def _move(held: Held, before: Return | None, after: Return | None) -> Move:
    return Move(
        lead_id=held.subject_id,
        came_at=held.since,
        before_id=None if before else held.owner_id,
        after_id=None if after else held.owner_id,
        before=_told(before),
        after=_told(after),
    )


def _told(back: Return | None) -> dict[str, str]:
    return {name: at.isoformat() for name, at in vars(back).items()} if back else {}

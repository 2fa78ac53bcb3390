"""Planning for all that wait together: the assignment under which their fits add up to most.

A transportation problem, the bipartite case of minimum-cost flow: subjects on one side, on the other the
places that their turns give to each candidate, and further ones, up to their caps, for which they would
have to go beyond their turns. It is solved by `scipy.optimize.linear_sum_assignment` (Crouse 2016). The
prices are the dual values: with them taken off, everybody who is planned fits best or as well as anybody.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.opportunities.domain.routing import Reading, Staff, Team
from services.opportunities.domain.turns import Candidate, Desk, Plan, fits, fullness

BEYOND = 100_000
"""What it costs, in thousandths of a win, to give somebody more than their turns; far more than any fit is worth."""
UNFIT = 10**9

Fits = Mapping[UUID, int]


def plan(readings: Sequence[Reading], *, staff: Staff, desk: Desk) -> dict[str, Plan]:
    """The plans of the teams whose rules say `best_batch`, for the subjects that they are the first for."""
    waiting: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.teams and reading.teams[0].rule.strategy == "best_batch" and _is_free(reading):
            waiting.setdefault(reading.teams[0].key, []).append(reading)
    return {
        key: _plan(some[0].teams[0], some, staff=staff, desk=desk) for key, some in waiting.items()
    }


def _is_free(reading: Reading) -> bool:
    return reading.subject.wanted_owner_id is None and reading.subject.existing_owner_id is None


def _plan(team: Team, readings: Sequence[Reading], *, staff: Staff, desk: Desk) -> Plan:
    sitting = desk.team(team.key, staff.teams.get(team.key, ()))
    found = [_fits(team, reading, sitting.candidates, desk) for reading in readings]
    places = _places(sitting.candidates, sitting.shares(len(readings)), len(readings), desk)
    given = {
        reading.subject.subject_id: person_id
        for reading, person_id in zip(readings, _assign(found, places), strict=True)
        if person_id
    }
    rows = {r.subject.subject_id: row for r, row in zip(readings, found, strict=True)}
    return Plan(given=given, prices=_prices(given, rows))


def _fits(team: Team, reading: Reading, candidates: Sequence[Candidate], desk: Desk) -> Fits:
    """How well each of those fits who could have it."""
    need = team.rule.need_of(reading.subject)
    unfit = desk.team(team.key, candidates).unfit(need)
    able = [
        c
        for c, reason in zip(candidates, unfit, strict=True)
        if not reason and c.person_id not in reading.subject.passed
    ]
    return fits(able, need, {c.person_id: desk.load_of(c.person_id) for c in able})


def _places(
    candidates: Sequence[Candidate], shares: Sequence[int], most: int, desk: Desk
) -> list[tuple[UUID, int]]:
    """Places with what it costs to take them: those of everybody's turns, then further ones."""
    places: list[tuple[UUID, int]] = []
    for someone, share in zip(candidates, shares, strict=True):
        room = _room(someone, most, desk)
        places += [(someone.person_id, 0 if n < share else BEYOND) for n in range(room)]
    return places


def _room(someone: Candidate, most: int, desk: Desk) -> int:
    load = desk.load_of(someone.person_id)
    if fullness(someone, load):
        return 0
    caps = [most]
    caps += [] if someone.daily_cap is None else [someone.daily_cap - load.taken]
    caps += [] if someone.open_cap is None else [someone.open_cap - load.held]
    return min(caps)


def _assign(found: Sequence[Fits], places: Sequence[tuple[UUID, int]]) -> list[UUID | None]:
    """For each subject whoever is planned for it; nobody where no place is left for it."""
    # It takes a second to load, and only this strategy needs it.
    import numpy as np  # noqa: PLC0415
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    planned: list[UUID | None] = [None] * len(found)
    if not places:
        return planned
    costs = np.array(
        [[cost - row[who] if who in row else UNFIT for who, cost in places] for row in found]
    )
    for row, column in zip(*linear_sum_assignment(costs), strict=True):
        if costs[row, column] < UNFIT:
            planned[row] = places[column][0]
    return planned


def _prices(given: Mapping[UUID, UUID], rows: Mapping[UUID, Fits]) -> dict[UUID, int]:
    """The least prices at which nobody planned would be passed over: longest paths from those in no demand."""
    prices: dict[UUID, int] = {}
    for _ in range(len(set(given.values())) + 1):
        before = dict(prices)
        for subject_id, who in given.items():
            worth = rows[subject_id][who] - prices.get(who, 0)
            for other, fit in rows[subject_id].items():
                if fit - prices.get(other, 0) > worth:
                    prices[other] = fit - worth
        if prices == before:
            break
    return prices

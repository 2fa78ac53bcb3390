"""What another system says it holds, beside what has come from it: the report of a migration.

The user gives totals, each for a kind of record: all of them, or those of one stage, status, unit …
The answer has both sides, their difference, and values that only one side knows.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shared import audit
from shared.contracts.base import Money
from shared.db import Tx as Transaction
from shared.ids import external_id
from shared.imports.refusals import NotCompared
from shared.web import Request, Tx, allow, door


@dataclass(frozen=True, kw_only=True)
class Sum:
    """How many records, and what they are worth together where they have a value."""

    count: int
    amount: Decimal | None = None


Sums = Mapping[str, Sum]
"""By the value of what they are counted by."""
Count = Callable[[Transaction, str, str], Awaitable[Sums]]
"""Counts the records of a system by one of their properties; by nothing means all together."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A kind of record that can be compared."""

    kind: str
    by: tuple[str, ...]
    count: Count


class Total(BaseModel):
    """What the other system says."""

    kind: str
    by: str = ""
    value: str = ""
    count: Annotated[int, Field(ge=0)]
    amount: Money | None = None


class Totals(Request):
    """All of them."""

    totals: Annotated[list[Total], Field(max_length=5_000)]


class Side(BaseModel):
    """One side of a comparison; nothing where it does not know the value."""

    count: int
    amount: Money | None


class Line(BaseModel):
    """One total, on both sides."""

    kind: str
    by: str
    value: str
    there: Side | None
    here: Side | None
    count_difference: int
    """Here, less there."""
    amount_difference: Money | None
    equal: bool


class Comparison(BaseModel):
    """Where the two systems agree and where they do not."""

    system: str
    equal: bool
    lines: list[Line]


def router(counted: Sequence[Counted]) -> APIRouter:
    """The route by which a migration is compared with the system it came from."""
    known = {one.kind: one for one in counted}
    routes = door.router(prefix="/migrations", tags=["imports"])

    @routes.post("/{system}/comparison", dependencies=[allow("operator", "auditor")])
    async def compare_migration(system: str, told: Totals, tx: Tx) -> Comparison:
        """What the other system says it holds, beside what has come from it."""
        compared = compare(system, told.totals, await _counted(tx, system, told.totals, known))
        await audit.record(
            tx,
            action="migration_compared",
            subject_kind="migration",
            subject_id=external_id("migration", system, ""),
            after={"lines": len(compared.lines), "equal": compared.equal},
        )
        return compared

    return routes


async def _counted(
    tx: Transaction, system: str, totals: Sequence[Total], known: Mapping[str, Counted]
) -> dict[tuple[str, str], Sums]:
    found: dict[tuple[str, str], Sums] = {}
    for kind, by in dict.fromkeys((total.kind, total.by) for total in totals):
        one = known.get(kind)
        if one is None or by not in ("", *one.by):
            raise NotCompared(kind=kind, by=by, known={kind: known[kind].by for kind in known})
        found[kind, by] = await one.count(tx, system, by)
    return found


def compare(
    system: str, totals: Sequence[Total], counted: Mapping[tuple[str, str], Sums]
) -> Comparison:
    """Both sides of every value that either knows, in the order they were told."""
    there = {(total.kind, total.by, total.value): total for total in totals}
    values = [
        *there,
        *(
            (kind, by, value)
            for (kind, by), sums in counted.items()
            for value in sorted(sums)
            if (kind, by, value) not in there
        ),
    ]
    lines = [
        _line(*key, there=there.get(key), here=counted[key[0], key[1]].get(key[2]))
        for key in values
    ]
    return Comparison(system=system, equal=all(line.equal for line in lines), lines=lines)


def _line(kind: str, by: str, value: str, *, there: Total | None, here: Sum | None) -> Line:
    count = (here.count if here else 0) - (there.count if there else 0)
    amount = _difference(there, here)
    return Line(
        kind=kind,
        by=by,
        value=value,
        there=Side(count=there.count, amount=there.amount) if there else None,
        here=Side(count=here.count, amount=here.amount) if here else None,
        count_difference=count,
        amount_difference=amount,
        equal=not count and not amount,
    )


def _difference(there: Total | None, here: Sum | None) -> Decimal | None:
    """Amounts are compared where the other system gave one."""
    if there is None or there.amount is None:
        return None
    return (here.amount if here and here.amount is not None else Decimal(0)) - there.amount

"""How an equation is asked."""

from dataclasses import dataclass

from shangji.verify.findings import Finding, Side, Verdict
from shangji.verify.scratch import Scratch

SHOWN = 20
"""Records that are shown of those that break one check; all of them are counted."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One way in which an equation can break: its query finds the records for which it did."""

    equation: str
    says: str
    sql: str
    unless_reheard: bool = False
    """Does not hold after Kafka was filled anew or positions were set back on purpose."""


def answer(check: Check, scratch: Scratch, verdict: Verdict) -> None:
    """Ask, and add what was found to the verdict."""
    cursor = scratch.ask(check.sql)
    names = [column[0] for column in cursor.description]
    for number, row in enumerate(cursor):
        if number >= SHOWN:
            verdict.broken[check.equation] += 1
            continue
        sides: dict[str, Side] = {}
        for name, value in zip(names[1:], row[1:], strict=True):
            side, _, column = name.partition(".")
            sides.setdefault(side, {})[column] = value
        verdict.add(
            Finding(equation=check.equation, says=check.says, record=str(row[0]), sides=sides)
        )


def compare(
    equation: str,
    says: str,
    *,
    left: tuple[str, str],
    right: tuple[str, str],
    columns: tuple[str, ...],
    key: str = "id",
    where: str = "true",
    both: bool = True,
) -> list[Check]:
    """Two tables row by row: `left` and `right` are (name shown, table); a missing row counts.

    `where` may narrow the right side; `both=False` lets rows be missing on the left.
    """
    (here, left_table), (there, right_table) = left, right
    shown = ", ".join(
        f'l.{column} AS "{here}.{column}", r.{column} AS "{there}.{column}"' for column in columns
    )
    differs = " OR ".join(f"l.{column} IS NOT r.{column}" for column in columns)
    checks = [
        Check(
            equation=equation,
            says=says,
            sql=f"""
                SELECT l.{key}, {shown}
                  FROM {left_table} AS l
                  LEFT JOIN {right_table} AS r ON r.{key} = l.{key}
                 WHERE {where} AND (r.{key} IS NULL OR {differs})
            """,  # noqa: S608 - names of our own
        )
    ]
    if both:
        checks.append(
            Check(
                equation=equation,
                says=f"{says}: only {there} has it",
                sql=f"""
                    SELECT r.{key}, {shown}
                      FROM {right_table} AS r
                      LEFT JOIN {left_table} AS l ON l.{key} = r.{key}
                     WHERE l.{key} IS NULL
                       AND r.{key} NOT IN (SELECT id FROM stranger)
                """,  # noqa: S608 - names of our own
            )
        )
    return checks

"""How well duplicates are found, on data whose truth is known: `make quality`.

Rows are read by the product's own mappings (docs/examples) and weighed by its own rules.
"""

import argparse
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from services.leads.domain.matching import fields
from services.leads.domain.matching.census import Census
from services.leads.domain.matching.defaults import DUPLICATES
from services.leads.domain.matching.portrait import Portrait, portray
from services.leads.domain.matching.rules import DuplicateRules
from services.leads.domain.matching.weighing import weigh
from services.leads.importers import IMPORTERS
from services.leads.schemas.lead_import import LeadRow
from shared.imports import mapping
from shared.imports.rows import Rejected, RowReader
from shared.imports.table import open_table

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
Pair = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One file, how it is read, and who in it is the same."""

    name: str
    file: str
    mapping: str
    truth: Callable[[dict[str, str]], str]
    without: tuple[str, ...] = ()


def _persons(number: int, *without: str) -> Trial:
    name = f"febrl {number}, without the number" if without else f"febrl {number}"
    return Trial(
        name=name,
        file=f"febrl/dataset{number}.csv",
        mapping="febrl_persons.yaml",
        truth=lambda row: row["rec_id"].split("-")[1],
        without=without,
    )


TRIALS = (
    _persons(1),
    _persons(1, "phone"),
    _persons(3),
    _persons(3, "phone"),
    Trial(
        name="chicago sites",
        file="chicago_sites/sites_with_true_ids.csv",
        mapping="chicago_sites.yaml",
        truth=lambda row: row["True Id"],
    ),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the rules make of a file: pairs that join, pairs a person is asked about, true pairs."""

    rows: int
    true: frozenset[Pair]
    joined: frozenset[Pair]
    asked: frozenset[Pair]


def judge(portraits: Sequence[Portrait], truth: Sequence[str], rules: DuplicateRules) -> Outcome:
    """Weigh every pair that shares a rare word. What joins a third one joins the second."""
    census = Census.of(portraits)
    pairs: dict[str, set[Pair]] = {"join": set(), "ask": set(), "ignore": set()}
    for first, second in candidates(portraits, census, rules):
        verdict = weigh(portraits[first], portraits[second], census=census, rules=rules)
        pairs[verdict.decision].add((first, second))
    joined = frozenset(together(pairs["join"]))
    return Outcome(
        rows=len(portraits),
        true=frozenset(_true_pairs(truth)),
        joined=joined,
        asked=frozenset(pairs["ask"] - joined),
    )


def candidates(
    portraits: Sequence[Portrait], census: Census, rules: DuplicateRules
) -> Iterable[Pair]:
    """Pairs that share a word which is rare enough to find by."""
    finding = {comparison.name for comparison in rules.comparisons if comparison.finds}
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for place, portrait in enumerate(portraits):
        for term in portrait.terms():
            if term.comparison in finding and census.holders[term.number] <= rules.common:
                holders[term.number].append(place)
    return {pair for places in holders.values() for pair in combinations(places, 2)}


def together(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """All pairs within the groups that these pairs make."""
    leaders: dict[int, int] = {}

    def leader(place: int) -> int:
        while leaders.setdefault(place, place) != place:
            place = leaders[place]
        return place

    for first, second in pairs:
        leaders[leader(second)] = leader(first)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place in sorted(leaders):
        groups[leader(place)].append(place)
    for group in groups.values():
        yield from combinations(group, 2)


def _true_pairs(truth: Sequence[str]) -> Iterator[Pair]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, entity in enumerate(truth):
        groups[entity].append(place)
    for group in groups.values():
        yield from combinations(group, 2)


def read(trial: Trial, folder: Path, rules: DuplicateRules) -> tuple[list[Portrait], list[str]]:
    """The file's records as the rules see them, and who each of them is."""
    [importer] = [one for one in IMPORTERS if one.kind == "leads"]
    how = mapping.read((EXAMPLES / trial.mapping).read_text(encoding="utf-8"), importer)
    table = open_table([(folder / trial.file).read_bytes()], how.form)
    reader: RowReader[LeadRow] = RowReader(LeadRow, how.columns or {}, zone=ZoneInfo(how.zone))
    portraits: list[Portrait] = []
    truth: list[str] = []
    for row in table.rows:
        parsed = reader.read(row)
        if isinstance(parsed, Rejected):
            raise SystemExit(f"{trial.file}, row {parsed.number}: {parsed.field} {parsed.reason}")
        said = parsed.model_copy(update=dict.fromkeys(trial.without, ""))
        portraits.append(portray(fields.of_said(said), rules=rules))
        truth.append(trial.truth(dict(row.cells)))
    table.close()
    return portraits, truth


def line(trial: Trial, outcome: Outcome, seconds: float) -> tuple[str, ...]:
    """One row of the table."""
    found = outcome.joined | outcome.asked
    precision, recall, f1 = _scores(outcome.joined, outcome.true)
    _, reached, _ = _scores(found, outcome.true)
    return (
        trial.name,
        f"{outcome.rows:,}",
        f"{len(outcome.true):,}",
        f"{len(outcome.joined):,}",
        f"{precision:.4f}",
        f"{recall:.4f}",
        f"{f1:.4f}",
        f"{len(outcome.asked):,}",
        f"{reached:.4f}",
        f"{seconds:.0f} s",
    )


def _scores(found: frozenset[Pair], true: frozenset[Pair]) -> tuple[float, float, float]:
    right = len(found & true)
    precision = right / len(found) if found else 1.0
    recall = right / len(true) if true else 1.0
    return precision, recall, 2 * right / (len(found) + len(true)) if found or true else 1.0


HEADER = (
    "file",
    "rows",
    "true pairs",
    "joined",
    "precision",
    "recall",
    "F1",
    "to review",
    "recall with review",
    "took",
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("SHANGJI_DATA"))
    parser.add_argument("--rules", type=Path, help="JSON of another version of the rules")
    chosen = parser.parse_args()
    if chosen.data is None:
        raise SystemExit("Say where the data is: SHANGJI_DATA, or --data")
    rules = (
        DuplicateRules.model_validate_json(chosen.rules.read_text()) if chosen.rules else DUPLICATES
    )
    shown = Table(*HEADER, title="Duplicates: pairs found, by the rules of an empty enterprise")
    for trial in TRIALS:
        begun = monotonic()
        outcome = judge(*read(trial, chosen.data, rules), rules)
        shown.add_row(*line(trial, outcome, monotonic() - begun))
    Console(width=140).print(shown)


if __name__ == "__main__":
    main()

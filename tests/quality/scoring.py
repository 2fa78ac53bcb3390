"""How well scores tell leads that were won from those that were lost, on real leads.

`python -m tests.quality.scoring` prints a table. The leads are those of `x_education` in SHANGJI_DATA;
which ones are held out is decided by a hash of their ids.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import process_time
from typing import TypeVar
from uuid import UUID

from rich.console import Console
from rich.table import Table

from services.leads.domain import defaults
from services.leads.domain.intake import interpret
from services.leads.domain.lead import Lead
from services.leads.domain.learning.card import LearnedScore
from services.leads.domain.learning.features import Example, Row
from services.leads.domain.learning.policy import LearningPolicy
from services.leads.domain.learning.quality import auc
from services.leads.domain.learning.training import train
from services.leads.domain.scoring import Assessment, Scoring, ScoringRules, score
from services.leads.importers import IMPORTERS
from services.leads.schemas.lead_import import LeadRow
from shared.contracts.base import ExternalId
from shared.ids import external_id
from shared.imports import mapping
from shared.imports.reading import Reading as File

T = TypeVar("T")
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FILE = "x_education/leads_70.csv.gz"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LAST_ACTIVITIES = ("attributes.last_activity", "attributes.last_notable_activity")
AT_ONCE = 10_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One line of the table."""

    what: str
    value: float
    aim: str
    reached: bool


@dataclass(frozen=True, kw_only=True)
class Known:
    """A lead of the file, and whether it was won."""

    lead: Lead
    won: bool

    @property
    def example(self) -> Example:
        """The lead as it is learned from: what the view `lead_known` shows of it."""
        return Example(
            lead_id=self.lead.id, captured_at=NOW, known=known_of(self.lead), won=self.won
        )


def known_of(lead: Lead) -> Row:
    """What the view `lead_known` shows of a lead."""
    said = {
        name: value
        for name, value in lead.signals.items()
        if not isinstance(value, Mapping) and name not in ("company_name", "touches")
    }
    measured = {f"attributes.{name}": value for name, value in lead.attributes.items()}
    return {**said, "has_company": bool(lead.company_key), **measured}


def leads(data: Path) -> list[Known]:
    """The leads of the file, read as the mapping of the examples says."""
    [importer] = [one for one in IMPORTERS if one.kind == "leads"]
    said = mapping.read((EXAMPLES / "x_education_leads.yaml").read_text(), importer)
    with (data / FILE).open("rb") as opened:
        file = File.open(opened, import_id=UUID(int=0), mapping=said, importer=importer, behind=0)
        try:
            return [_known(row) for row in _rows(file)]
        finally:
            file.close()


def measure(known: Sequence[Known]) -> Iterator[Measured]:
    """Everything that is promised of scores, on these leads."""
    closed = [one.example for one in known]
    with_activities, without = _learn(closed), _learn(closed, *LAST_ACTIVITIES)
    yield from _learned("with the last activities", with_activities, aim=0.89)
    yield from _learned("without them", without, aim=0.855)
    rows = [one.known for one in closed]
    yield _line(
        "learned score of a lead, µs", _each(with_activities.model.predict, rows), most=1000
    )

    shipped = ScoringRules.model_validate_json((EXAMPLES / "x_education_scoring.json").read_text())
    yield _line("rules shipped for these leads, AUC", _rules(shipped, known), least=0.75)
    yield _line("rules to begin with, AUC", _rules(defaults.SCORING, known), least=0.5)
    judge = partial(_judge, Scoring(version=1, rules=shipped))
    yield _line("rules, a lead, µs", _each(judge, [one.lead for one in known]), most=100)


def main() -> None:
    """Print the table; the exit code is 1 when an aim was missed."""
    data = os.environ.get("SHANGJI_DATA")
    if not data:
        sys.exit("SHANGJI_DATA names the folder of the real data.")
    table = Table("score", "measured", "aim", "", box=None)
    missed = False
    for line in measure(leads(Path(data))):
        table.add_row(line.what, f"{line.value:,.4g}", line.aim, "" if line.reached else "missed")
        missed |= not line.reached
    Console().print(table)
    sys.exit(missed)


def _known(row: LeadRow) -> Known:
    reading, _ = interpret(
        row,
        channel=row.channel,
        external=ExternalId(system="x_education", id=row.external_id),
    )
    lead = Lead(
        id=external_id("lead", "x_education", row.external_id),
        facts=reading.facts,
        person=reading.person,
        attributes=reading.attributes,
        company_key=reading.company_key,
        unit_id=UUID(int=0),
        captured_at=NOW,
        touched_at=NOW,
    )
    return Known(lead=lead, won=row.outcome == "converted")


def _rows(file: File) -> Iterator[LeadRow]:
    while batch := file.take(AT_ONCE):
        yield from (row for _, row in batch.good)


def _learn(closed: Sequence[Example], *excluded: str) -> LearnedScore:
    return train(closed, [], policy=LearningPolicy(excluded=excluded), now=NOW)


def _learned(what: str, score: LearnedScore, *, aim: float) -> Iterator[Measured]:
    held_out = score.card.held_out
    yield _line(f"learned, {what}, AUC", held_out.auc or 0, least=aim)
    yield _line(f"learned, {what}, Brier", held_out.brier or 1, most=held_out.brier_of_base_rate)
    yield _line(f"learned, {what}, calibration error", held_out.calibration_error or 1, most=0.03)


def _rules(rules: ScoringRules, known: Sequence[Known]) -> float:
    judge = Scoring(version=1, rules=rules)
    scores = [_judge(judge, one.lead).score for one in known]
    return auc(scores, [one.won for one in known]) or 0


def _judge(judge: Scoring, lead: Lead) -> Assessment:
    return score(lead.signals, touched_at=lead.touched_at, scoring=judge, now=NOW)


def _each(act: Callable[[T], object], items: Sequence[T]) -> float:
    """How long it takes for one, in microseconds of processor time."""
    began = process_time()
    for item in items:
        act(item)
    return (process_time() - began) / len(items) * 1e6


def _line(
    what: str, value: float, *, least: float | None = None, most: float | None = None
) -> Measured:
    if least is not None:
        return Measured(what=what, value=value, aim=f"≥ {least:g}", reached=value >= least)
    limit = most if most is not None else value
    return Measured(what=what, value=value, aim=f"≤ {limit:g}", reached=value <= limit)


if __name__ == "__main__":
    main()

"""What other scoring rules would make of leads that are here: who would move, and whether for the better."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.leads.domain.learning.quality import auc
from services.leads.domain.scoring import Assessment, Scoring, Signal, score
from shared.contracts.leads import Grade


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A lead as rules see it; `won` is nothing while nobody knows."""

    id: UUID
    company_name: str
    owner_id: UUID | None
    signals: Mapping[str, Signal | Mapping[str, Signal]]
    touched_at: datetime
    won: bool | None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Verdict(_Part):
    """A score and its grade."""

    score: float
    grade: Grade


class Mover(_Part):
    """A lead whose grade would change."""

    lead_id: UUID
    company_name: str
    owner_id: UUID | None
    before: Verdict
    after: Verdict


class Rehearsal(_Part):
    """What would be different if the rules that were tried were in force now."""

    @property
    def judgements(self) -> int:
        """How often a lead was judged."""
        return 2 * (self.leads + self.closed)

    version: int
    in_force: int
    leads: int
    moved: int
    """Those whose grade would change."""
    before: Mapping[Grade, int]
    after: Mapping[Grade, int]
    moves: Mapping[str, int]
    """From which grade to which: `C→A`."""
    who: tuple[Mover, ...]
    """Those whose score would change most, of those whose grade would."""
    closed: int
    """Leads among them of which is known whether they were won."""
    auc_before: float | None
    auc_after: float | None
    """How often a won lead ranks above a lost one, under either rules, before time takes anything."""


def rehearse(
    leads: Sequence[Candidate], *, tried: Scoring, in_force: Scoring, now: datetime, most: int
) -> Rehearsal:
    """Judge the leads by both rules as of `now`, and compare."""
    judged = [(lead, _judge(lead, in_force, now), _judge(lead, tried, now)) for lead in leads]
    movers = [
        Mover(
            lead_id=lead.id,
            company_name=lead.company_name,
            owner_id=lead.owner_id,
            before=Verdict(score=before.score, grade=before.grade),
            after=Verdict(score=after.score, grade=after.grade),
        )
        for lead, before, after in judged
        if before.grade != after.grade
    ]
    movers.sort(key=lambda mover: -abs(mover.after.score - mover.before.score))
    closed = [lead for lead in leads if lead.won is not None]
    return Rehearsal(
        version=tried.version,
        in_force=in_force.version,
        leads=len(leads),
        moved=len(movers),
        before=_counted([before for _, before, _ in judged]),
        after=_counted([after for _, _, after in judged]),
        moves=dict(Counter(f"{mover.before.grade}→{mover.after.grade}" for mover in movers)),
        who=tuple(movers[:most]),
        closed=len(closed),
        auc_before=_auc(closed, in_force),
        auc_after=_auc(closed, tried),
    )


def _judge(lead: Candidate, scoring: Scoring, now: datetime) -> Assessment:
    return score(lead.signals, touched_at=lead.touched_at, scoring=scoring, now=now)


def _counted(assessments: Sequence[Assessment]) -> dict[Grade, int]:
    counted = Counter(assessment.grade for assessment in assessments)
    return {"A": counted["A"], "B": counted["B"], "C": counted["C"]}


def _auc(closed: Sequence[Candidate], scoring: Scoring) -> float | None:
    scores = [_judge(lead, scoring, lead.touched_at).score for lead in closed]
    ranked = auc(scores, [lead.won is True for lead in closed])
    return None if ranked is None else round(ranked, 4)

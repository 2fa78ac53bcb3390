"""Why a lead has the score it has, and how far new rules have come."""

from uuid import UUID

from services.leads.domain.explanation import Explanation, explain
from services.leads.domain.refusals import LeadNotFound
from services.leads.domain.scoring import ScoringRules
from services.leads.schemas.scoring import RescoringOut
from shared.contracts.leads import ScoreReason
from shared.db import Tx


async def explanation(tx: Tx, lead_id: UUID) -> Explanation:
    """The latest score of a lead, with what each rule of the version that judged did to it."""
    row = await tx.fetchrow(
        """
        SELECT judged.score, judged.grade, judged.reasons, judged.rules_version, judged.scored_at,
               configuration.body AS rules
          FROM lead
          JOIN lead_score AS judged ON judged.lead_id = lead.id
          JOIN configuration ON configuration.kind = 'scoring'
                            AND configuration.version = judged.rules_version
         WHERE lead.id = $1
           AND ($2 OR lead.unit_id = ANY($3) OR lead.owner_id = $4)
         ORDER BY judged.id DESC
         LIMIT 1
        """,
        lead_id,
        tx.scope.everything,
        tx.scope.units,
        tx.scope.person_id,
    )
    if row is None:
        raise LeadNotFound(lead_id=lead_id)
    return explain(
        row["score"],
        row["grade"],
        [ScoreReason.model_validate(reason) for reason in row["reasons"]],
        rules=ScoringRules.model_validate(row["rules"]),
        version=row["rules_version"],
        scored_at=row["scored_at"],
    )


async def rescoring(tx: Tx) -> RescoringOut:
    """How many leads still have a score by earlier rules."""
    row = await tx.fetchrow(
        """
        SELECT active.version,
               count(lead.id) AS leads,
               count(lead.id) FILTER (WHERE lead.rules_version < active.version) AS remaining
          FROM configuration AS active
          LEFT JOIN lead ON lead.state IN ('open', 'qualified')
         WHERE active.kind = 'scoring'
           AND active.state = 'activated'
         GROUP BY active.version
        """
    )
    return RescoringOut.model_validate(dict(row or {"version": 0, "leads": 0, "remaining": 0}))

"""The one gate engine: whichever way a deal comes to a stage, the same conditions are judged here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from shared import custom_fields
from shared.contracts.opportunities import ActivityKind
from shared.refusals import Conflict
from shared.rules import Environment, RuleFailed

if TYPE_CHECKING:
    from services.opportunities.domain.deal import Deal
    from services.opportunities.domain.pipeline import Condition, Stage

COUNTED: dict[ActivityKind, str] = {
    "call": "calls",
    "visit": "visits",
    "meeting": "meetings",
    "mail": "mails",
    "chat": "chats",
    "note": "notes",
}

ENVIRONMENT = Environment(
    {
        "amount": "double",
        "list_value": "double",
        "currency": "string",
        "product": "string",  # its code; "" without one
        "source": "string",
        "attributes": "map",  # the custom fields
        "stage": "string",  # the stage the deal stands in
        "owner": "string",
        "unit": "string",
        "competitor": "string",
        "reason": "string",
        "has_customer": "bool",
        "has_contact": "bool",
        "has_product": "bool",
        "has_lead": "bool",
        "has_expected_close": "bool",
        "days_to_close": "int",  # until the expected close; 0 without one
        "has_next_step": "bool",
        "days_in_stage": "int",
        "calls": "int",
        "visits": "int",
        "meetings": "int",
        "mails": "int",
        "chats": "int",
        "notes": "int",
    }
)
"""What a condition may speak of; anything else is refused when the pipeline is saved."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One thing the deal lacks, named so that a program can tell and worded so that people can."""

    name: str
    zh: str
    en: str


NEXT_STEP = Missing(
    name="next_step",
    zh="请填写下一步及其日期（不早于今天）",
    en="Say what the next step is, and when (not before today)",
)


class GateClosed(Conflict):
    """The deal cannot be {what}: `missing` says what it lacks.

    Supply what is missing and ask again.
    """

    def __init__(self, *, what: str, stage: str, missing: Sequence[Missing]) -> None:
        super().__init__(what=what, stage=stage, missing=list(missing))


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a gate asks about that is not on the deal itself."""

    product_code: str = ""
    activities: Mapping[ActivityKind, int] = field(default_factory=dict)


def missing_at(
    stage: "Stage", deal: "Deal", evidence: Evidence, *, today: date
) -> tuple[Missing, ...]:
    """What the deal lacks for a stage: what its conditions say, and its custom fields."""
    fields = tuple(
        Missing(
            name=error.pointer.removeprefix("/").replace("/", "."),
            zh=f"请填写或更正 {error.pointer.rpartition('/')[2]}（{error.reason}）",
            en=f"Give or correct {error.pointer.rpartition('/')[2]}: {error.reason}",
        )
        for error in custom_fields.unfit(stage.attributes, deal.attributes)
    )
    return missing(stage.gate, deal, evidence, today=today) + fields


def missing(
    conditions: Sequence["Condition"], deal: "Deal", evidence: Evidence, *, today: date
) -> tuple[Missing, ...]:
    """What the deal lacks; a condition that cannot be judged counts as not met."""
    if not conditions:
        return ()
    values = _values(deal, evidence, today=today)
    return tuple(
        Missing(
            name=condition.name,
            zh=condition.message.zh,
            en=condition.message.en or condition.message.zh,
        )
        for condition in conditions
        if not _holds(condition, values)
    )


def missing_next_step(deal: "Deal", *, today: date) -> tuple[Missing, ...]:
    """An open deal says what comes next, and when; a step whose day is over is no next step."""
    if deal.next_step and deal.next_step_on is not None and deal.next_step_on >= today:
        return ()
    return (NEXT_STEP,)


def _holds(condition: "Condition", values: Mapping[str, object]) -> bool:
    try:
        return ENVIRONMENT.compile(condition.when).evaluate(values) is True
    except RuleFailed:
        return False


def _values(deal: "Deal", evidence: Evidence, *, today: date) -> dict[str, object]:
    expected = deal.expected_close_on
    counts = {name: evidence.activities.get(kind, 0) for kind, name in COUNTED.items()}
    return {
        "amount": float(deal.amount),
        "list_value": float(deal.list_value),
        "currency": deal.currency,
        "product": evidence.product_code,
        "source": deal.source,
        "attributes": deal.attributes,
        "stage": deal.stage,
        "owner": str(deal.owner_id),
        "unit": str(deal.unit_id),
        "competitor": deal.competitor,
        "reason": deal.reason,
        "has_customer": deal.customer_id is not None,
        "has_contact": deal.contact_id is not None,
        "has_product": deal.product_id is not None,
        "has_lead": deal.lead_id is not None,
        "has_expected_close": expected is not None,
        "days_to_close": (expected - today).days if expected is not None else 0,
        "has_next_step": not missing_next_step(deal, today=today),
        "days_in_stage": (today - deal.stage_since).days,
        **counts,
    }

"""Leads that are not ready yet: a plan of touches, by which means and after how many days.

A lead is nurtured while it is open and its grade is C; what it does may lift the grade, and with that
the plan is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self, assert_never
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.leads.domain.lead import Events, Lead
from services.leads.domain.refusals import RulesDoNotCompile
from services.leads.domain.scoring import CONDITIONS, holds
from shared import rules
from shared.aggregate import advance
from shared.contracts.leads import LeadFacts, LeadTouchDue, TouchMeans
from shared.refusals import FieldError


class Step(BaseModel):
    """One touch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after_days: float = Field(gt=0, le=3650)
    """Counted from the day the plan began."""
    by: TouchMeans


class Plan(BaseModel):
    """Touches for leads that meet a condition, in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    when: str = Field(default="true", min_length=1, max_length=2000)
    steps: tuple[Step, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _steps_follow_each_other(self) -> Self:
        days = [step.after_days for step in self.steps]
        if days != sorted(days):
            raise ValueError("each step comes after the one before it")
        return self


class NurturePolicy(BaseModel):
    """The configuration `nurture`: the first plan whose condition holds is a lead's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plans: tuple[Plan, ...] = Field(default=(), max_length=50)

    def plan_for(self, lead: Lead) -> Plan | None:
        """The lead's plan; nothing when no condition holds."""
        return next((plan for plan in self.plans if holds(plan.when, lead.signals)), None)


@dataclass(frozen=True, kw_only=True)
class Nurture:
    """How far a lead has come in its plan. The steps are those of the day it began."""

    lead_id: UUID
    plan: str
    steps: tuple[Step, ...]
    began_at: datetime
    done: int = 0
    due_at: datetime | None
    """Of the next touch; nothing when there is none left."""
    announced: bool = False

    @property
    def next_step(self) -> Step | None:
        """What is to be done next."""
        return self.steps[self.done] if self.done < len(self.steps) else None


def check(body: Mapping[str, JsonValue]) -> NurturePolicy:
    """The plans in a draft; names every condition that is not one."""
    policy = NurturePolicy.model_validate(body)
    errors: list[FieldError] = []
    for number, plan in enumerate(policy.plans):
        try:
            CONDITIONS.compile(plan.when)
        except rules.InvalidExpression as invalid:
            errors.append(FieldError(pointer=f"/plans/{number}/when", reason=str(invalid)))
    if errors:
        raise RulesDoNotCompile(errors=tuple(errors))
    return policy


def begin(lead: Lead, *, policy: NurturePolicy, now: datetime) -> Nurture:
    """The plan of a lead that is not ready yet; one without touches when no plan is meant for it."""
    plan = policy.plan_for(lead)
    steps = plan.steps if plan else ()
    return Nurture(
        lead_id=lead.id,
        plan=plan.name if plan else "",
        steps=steps,
        began_at=now,
        due_at=_due_at(steps, 0, now),
    )


def is_welcome(step: Step, facts: LeadFacts) -> bool:
    """Whether the lead did not ask to be left alone by this means."""
    match step.by:
        case "call":
            return not facts.do_not_call
        case "mail":
            return not facts.do_not_email
        case "visit" | "meeting" | "chat":
            return not (facts.do_not_call and facts.do_not_email)
        case _:
            assert_never(step.by)


def touched(nurture: Nurture) -> Nurture:
    """The next touch has been made, early or late."""
    done = min(nurture.done + 1, len(nurture.steps))
    due_at = _due_at(nurture.steps, done, nurture.began_at)
    return replace(nurture, done=done, due_at=due_at, announced=False)


def announce_due(lead: Lead, nurture: Nurture, *, now: datetime) -> tuple[Lead, Events, Nurture]:
    """Say once that the next touch is due; nothing when it is not, or not any more.

    A touch that the lead asked to be spared is passed over.
    """
    step = nurture.next_step
    is_due = nurture.due_at is not None and nurture.due_at <= now and not nurture.announced
    if step is None or not is_due or lead.state != "open":
        return lead, (), nurture
    if not is_welcome(step, lead.facts):
        return lead, (), touched(nurture)
    due = LeadTouchDue(
        lead_id=lead.id,
        plan=nurture.plan,
        step=nurture.done + 1,
        by=step.by,
        owner_id=lead.owner_id,
        unit_id=lead.unit_id,
        due_at=nurture.due_at or now,
    )
    lead, events = advance(lead, due)
    return lead, events, replace(nurture, announced=True)


def _due_at(steps: tuple[Step, ...], done: int, began_at: datetime) -> datetime | None:
    if done >= len(steps):
        return None
    return began_at + timedelta(days=steps[done].after_days)

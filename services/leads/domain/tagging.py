"""Tags: words from a managed list that leads are found by, put on by rules or by hand.

What a person decided about a tag stands: no rule puts it back, and none takes it away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.leads.domain.intake import Name
from services.leads.domain.lead import Events, Lead
from services.leads.domain.refusals import LeadIsOver, NoSuchTag, RulesDoNotCompile
from services.leads.domain.scoring import CONDITIONS, Signal, holds
from shared import rules
from shared.aggregate import advance
from shared.contracts.leads import LeadTagged
from shared.refusals import FieldError

TagKind = Literal["label", "need"]
"""`need`: what the customer needs. `label`: anything else that leads are found by."""
Signals = Mapping[str, Signal | Mapping[str, Signal]]


class Tag(BaseModel):
    """A word of the vocabulary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name = Field(max_length=50)
    kind: TagKind = "label"


class TagRule(BaseModel):
    """Every lead that meets the condition has the tag."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: Name
    when: str = Field(min_length=1, max_length=2000)


class TagPolicy(BaseModel):
    """The configuration `tags`: the vocabulary, and what puts its words on leads by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tags: tuple[Tag, ...] = Field(default=(), max_length=500)
    rules: tuple[TagRule, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _rules_speak_of_the_vocabulary(self) -> Self:
        names = [tag.name for tag in self.tags]
        if len(set(names)) < len(names):
            raise ValueError("each tag is there once")
        if strangers := {rule.tag for rule in self.rules} - set(names):
            raise ValueError(f"these are no tags: {', '.join(sorted(strangers))}")
        return self

    def kind_of(self, tag: str) -> TagKind | None:
        """What kind of word it is; nothing for one that is not in the vocabulary."""
        return next((known.kind for known in self.tags if known.name == tag), None)

    def errors_in(self, tags: Iterable[str]) -> tuple[FieldError, ...]:
        """Those that are no words of the vocabulary."""
        return tuple(
            FieldError(pointer="/tags", reason=f"There is no tag “{tag}”")
            for tag in tags
            if self.kind_of(tag) is None
        )

    def deserved(self, signals: Signals) -> frozenset[str]:
        """The tags that rules put on a lead of which this is known."""
        return frozenset(rule.tag for rule in self.rules if holds(rule.when, signals))


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """Tags in force, and the version that decisions by rule will name."""

    version: int
    policy: TagPolicy


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What was decided last about one tag of one lead."""

    lead_id: UUID
    tag: str
    is_on: bool
    by_hand: bool
    set_by: UUID | None = None
    set_at: datetime
    rules_version: int | None = None
    """Where a rule decided."""
    taken_from: UUID | None = None
    """The lead that this one goes on for, on which somebody had put it."""
    import_id: UUID | None = None
    """The import that put it on."""


Marks = Mapping[str, Mark]
"""Of one lead, by tag."""
Decision = tuple[Lead, Events, tuple[Mark, ...]]


def check(body: Mapping[str, JsonValue]) -> TagPolicy:
    """The tags in a draft; names every condition that is not one."""
    policy = TagPolicy.model_validate(body)
    errors: list[FieldError] = []
    for number, rule in enumerate(policy.rules):
        try:
            CONDITIONS.compile(rule.when)
        except rules.InvalidExpression as invalid:
            errors.append(FieldError(pointer=f"/rules/{number}/when", reason=str(invalid)))
    if errors:
        raise RulesDoNotCompile(errors=tuple(errors))
    return policy


def tag_by_rules(lead: Lead, marks: Marks, *, tagging: Tagging, now: datetime) -> Decision:
    """Put on what the lead deserves, and take off what a rule had put on and it deserves no more."""
    if lead.state == "merged":
        return lead, (), ()
    changes = changed_by_rules(marks, tagging.policy.deserved(lead.signals))
    changed = tuple(
        Mark(
            lead_id=lead.id,
            tag=tag,
            is_on=is_on,
            by_hand=False,
            set_at=now,
            rules_version=tagging.version,
        )
        for tag, is_on in changes.items()
    )
    return _tagged(lead, marks, changed, tagging=tagging, by=None, now=now)


def changed_by_rules(marks: Marks, deserved: Iterable[str]) -> dict[str, bool]:
    """Which tags go on (true) or off; those that a person decided about stay as they are."""
    wanted = frozenset(deserved)
    known = dict.fromkeys(sorted(wanted), False) | {
        tag: mark.is_on for tag, mark in marks.items() if not mark.by_hand
    }
    return {
        tag: tag in wanted
        for tag, was_on in known.items()
        if was_on != (tag in wanted) and not (tag in marks and marks[tag].by_hand)
    }


def tag_by_hand(
    lead: Lead,
    marks: Marks,
    wanted: Mapping[str, bool],
    *,
    tagging: Tagging,
    by: UUID | None,
    import_id: UUID | None = None,
    now: datetime,
) -> Decision:
    """A person puts tags on or takes them off, for good; whatever stands so already is theirs from now on."""
    if lead.state == "merged":
        raise LeadIsOver(lead_id=lead.id, state=lead.state)
    for tag, is_on in wanted.items():
        if tagging.policy.kind_of(tag) is None and (is_on or tag not in marks):
            raise NoSuchTag(tag=tag)
    changed = tuple(
        Mark(
            lead_id=lead.id,
            tag=tag,
            is_on=is_on,
            by_hand=True,
            set_by=by,
            set_at=now,
            import_id=import_id,
        )
        for tag, is_on in wanted.items()
        if not (tag in marks and _stands(marks[tag], is_on=is_on, by_file=import_id is not None))
    )
    return _tagged(lead, marks, changed, tagging=tagging, by=by, now=now)


def _stands(mark: Mark, *, is_on: bool, by_file: bool) -> bool:
    """Whether it was decided like this already; what only a file said, a person may make their own."""
    return mark.by_hand and mark.is_on == is_on and (by_file or mark.import_id is None)


def inherit(
    survivor: Lead, marks: Marks, gone: Iterable[Mark], *, tagging: Tagging, now: datetime
) -> Decision:
    """A lead that goes on for another has the tags that people put on that one, as if put on itself."""
    taken = tuple(
        replace(mark, lead_id=survivor.id, taken_from=mark.lead_id)
        for mark in gone
        if mark.is_on and mark.by_hand and not (mark.tag in marks and marks[mark.tag].by_hand)
    )
    return _tagged(survivor, marks, taken, tagging=tagging, by=None, now=now)


def give_back(
    survivor: Lead, marks: Marks, gone_id: UUID, *, tagging: Tagging, now: datetime
) -> Decision:
    """What was taken from a lead that is one of its own again goes, unless somebody has decided since."""
    given = [tag for tag, mark in marks.items() if mark.taken_from == gone_id]
    return _leave_to_rules(survivor, marks, given, tagging=tagging, now=now)


def take_off(
    lead: Lead, marks: Marks, import_id: UUID, *, tagging: Tagging, now: datetime
) -> Decision:
    """What an import put on goes with it, unless somebody has decided since."""
    if lead.state == "merged":
        return lead, (), ()
    put_on = [tag for tag, mark in marks.items() if mark.import_id == import_id]
    return _leave_to_rules(lead, marks, put_on, tagging=tagging, now=now)


def _leave_to_rules(
    lead: Lead, marks: Marks, tags: Iterable[str], *, tagging: Tagging, now: datetime
) -> Decision:
    deserved = tagging.policy.deserved(lead.signals)
    left = tuple(
        Mark(
            lead_id=lead.id,
            tag=tag,
            is_on=tag in deserved,
            by_hand=False,
            set_at=now,
            rules_version=tagging.version,
        )
        for tag in tags
    )
    return _tagged(lead, marks, left, tagging=tagging, by=None, now=now)


def _tagged(
    lead: Lead,
    marks: Marks,
    changed: tuple[Mark, ...],
    *,
    tagging: Tagging,
    by: UUID | None,
    now: datetime,
) -> Decision:
    """The change, announced where the lead has other tags than before."""
    before = on(marks)
    after = on({**marks, **{mark.tag: mark for mark in changed}})
    if before == after:
        return lead, (), changed
    tagged = LeadTagged(
        lead_id=lead.id,
        tags=tuple(sorted(after)),
        needs=tuple(sorted(tag for tag in after if tagging.policy.kind_of(tag) == "need")),
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
        tagged_by=by,
        tagged_at=now,
        history=lead.history,
    )
    lead, events = advance(lead, tagged)
    return lead, events, changed


def on(marks: Marks) -> frozenset[str]:
    """The tags a lead has."""
    return frozenset(tag for tag, mark in marks.items() if mark.is_on)


def leave_out_decided(wanted: Iterable[str], marks: Marks) -> dict[str, bool]:
    """What a file may put on: all but what a person here has decided about."""
    return {tag: True for tag in wanted if not (tag in marks and marks[tag].by_hand)}

"""What other tags would do to leads that are here, before anybody relies on them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.leads.domain.rehearsal import Candidate
from services.leads.domain.tagging import Marks, Tagging, changed_by_rules


class TagChange(BaseModel):
    """What a version would do with one tag."""

    model_config = ConfigDict(frozen=True)

    tag: str
    before: int
    """Leads that have it now."""
    after: int
    gained: int
    lost: int


class TagMover(BaseModel):
    """A lead that would have other tags."""

    model_config = ConfigDict(frozen=True)

    lead_id: UUID
    company_name: str
    owner_id: UUID | None
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Rehearsal(BaseModel):
    """What would be different if the tags that were tried were in force now."""

    model_config = ConfigDict(frozen=True)

    version: int
    leads: int
    moved: int
    tags: tuple[TagChange, ...]
    who: tuple[TagMover, ...]


def rehearse(
    leads: Sequence[Candidate], marks: Mapping[UUID, Marks], *, tried: Tagging, who: int
) -> Rehearsal:
    """Tag the leads by a version that may not be in force, and compare; what people decided stands."""
    before: Counter[str] = Counter()
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    movers: list[TagMover] = []
    for lead in leads:
        held = marks[lead.id]
        changes = changed_by_rules(held, tried.policy.deserved(lead.signals))
        added = tuple(tag for tag, is_on in changes.items() if is_on)
        removed = tuple(tag for tag, is_on in changes.items() if not is_on)
        before.update(tag for tag, mark in held.items() if mark.is_on)
        gained.update(added)
        lost.update(removed)
        if changes:
            movers.append(
                TagMover(
                    lead_id=lead.id,
                    company_name=lead.company_name,
                    owner_id=lead.owner_id,
                    added=added,
                    removed=removed,
                )
            )
    return Rehearsal(
        version=tried.version,
        leads=len(leads),
        moved=len(movers),
        tags=tuple(
            TagChange(
                tag=tag,
                before=before[tag],
                after=before[tag] + gained[tag] - lost[tag],
                gained=gained[tag],
                lost=lost[tag],
            )
            for tag in sorted({*before, *gained, *lost})
        ),
        who=tuple(movers[:who]),
    )

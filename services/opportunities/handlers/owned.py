"""What every change of an owner leaves behind."""

from services.opportunities.domain.ownership import Decision, Ownership
from shared.audit import Entry
from shared.contracts.base import Event


def audit_of(before: Ownership, decision: Decision, *, why: str = "") -> Entry:
    """The trail of one decision: who had it, who has it, and why."""
    after, events = decision
    return Entry(
        action=_action(events[-1]),
        subject_kind="ownership",
        subject_id=after.id,
        before=_shown(before) if before.sequence else None,
        after=_shown(after),
        why=why,
    )


def _action(event: Event) -> str:
    return event.type.rpartition(".v")[0]


def _shown(held: Ownership) -> dict[str, object]:
    return {
        "subject_kind": held.subject_kind,
        "subject_id": held.subject_id,
        "owner_id": held.owner_id,
        "pool_id": held.pool_id,
        "unit_id": held.unit_id,
    }

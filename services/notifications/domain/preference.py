"""Which notices a person wants outside the inbox, and in which language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from services.notifications.domain.notice import Kind

Language = Literal["zh", "en"]
OutsideChannel = Literal["mail", "wecom"]
"""The inbox itself cannot be switched off: it is the record of what one was told."""

DEFAULT_CHANNELS: Mapping[Kind, tuple[OutsideChannel, ...]] = {
    "new_owner": ("mail", "wecom"),
    "deal_won": ("mail", "wecom"),
    "lead_unassigned": (),
    "follow_up_overdue": ("mail", "wecom"),
    "follow_up_escalated": ("mail", "wecom"),
    "next_step_overdue": ("mail",),
    "touch_due": (),
    "lead_returned": ("wecom",),
    "score_drifted": ("mail",),
    "work_handed_over": ("mail",),
    "recycle_warned": ("mail",),
    "deal_collided": ("mail",),
}


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What a person has chosen; what they have not chosen is as the directory and the defaults say."""

    person_id: UUID
    language: Language | None = None
    channels: Mapping[Kind, tuple[OutsideChannel, ...]] = field(default_factory=dict)

"""Touches that keep a lead warm, leads that came back, and scores that fit no more."""

from collections.abc import Sequence

from services.notifications.domain.notice import Cause
from services.notifications.handlers import notices
from services.notifications.recipients import Audience
from services.notifications.repository import copies
from shared.access import ROOT_UNIT
from shared.consumer import Heard
from shared.contracts.leads import LeadReopened, LeadTouchDue, LearnedScoreDrifted
from shared.db import Tx


async def remind_owners(tx: Tx, batch: Sequence[Heard[LeadTouchDue]]) -> None:
    """Tell whoever has the lead; who takes one from a pool sees the touch on the list."""
    told = [
        (_touch(heard), frozenset({heard.event.owner_id}))
        for heard in batch
        if heard.event.owner_id is not None
    ]
    await notices.place(tx, told, now=tx.now)


async def tell_of_returns(tx: Tx, batch: Sequence[Heard[LeadReopened]]) -> None:
    """Tell whoever has the lead, unless they opened it again themselves."""
    custody = await copies.custody(tx, [heard.event.lead_id for heard in batch])
    told: list[notices.Told] = []
    for heard in batch:
        held = custody.get(heard.event.lead_id)
        if held and held.owner_id and held.owner_id != heard.event.reopened_by:
            told.append((_return(heard), frozenset({held.owner_id})))
    await notices.place(tx, told, now=tx.now)


async def warn_of_drift(tx: Tx, batch: Sequence[Heard[LearnedScoreDrifted]]) -> None:
    """Tell those who operate the whole enterprise."""
    everywhere = Audience(unit_id=ROOT_UNIT, role="overseers")
    await notices.announce(tx, [(_drift(heard), everywhere) for heard in batch], now=tx.now)


def _drift(heard: Heard[LearnedScoreDrifted]) -> Cause:
    return Cause(
        id=heard.event_id,
        kind="score_drifted",
        subject_kind="learned_score",
        subject_id=heard.event.learned_score_id,
        reasons=heard.event.beyond,
    )


def _return(heard: Heard[LeadReopened]) -> Cause:
    ended_for = heard.event.ended_for
    return Cause(
        id=heard.event_id,
        kind="lead_returned",
        subject_kind="lead",
        subject_id=heard.event.lead_id,
        reasons=(ended_for,) if ended_for else (),
    )


def _touch(heard: Heard[LeadTouchDue]) -> Cause:
    return Cause(
        id=heard.event_id,
        kind="touch_due",
        subject_kind="lead",
        subject_id=heard.event.lead_id,
        due_at=heard.event.due_at,
    )

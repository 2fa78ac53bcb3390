"""All timers of `opportunities`."""

from datetime import timedelta

from services.opportunities.handlers import collision as colliding
from services.opportunities.handlers import document, pool, routing
from services.opportunities.handlers import hand_over as handing_over
from services.opportunities.handlers import rehearsal as rehearsing
from services.opportunities.importers import IMPORTERS
from services.opportunities.repository import collision as collisions
from services.opportunities.repository import content, hand_over, ownership
from shared import imports
from shared.timers import AnyTimer, Dispatch, Timer

TIMERS: tuple[AnyTimer, ...] = (
    Timer(
        name="try again what nobody could be given",
        every=timedelta(seconds=5),
        due=ownership.due_to_try,
        act=routing.route_waiting,
    ),
    Timer(
        name="pass on what its owner leaves undone",
        every=timedelta(seconds=15),
        due=ownership.due_to_pass_on,
        act=routing.pass_on,
    ),
    Timer(
        name="hand over what was asked for",
        every=timedelta(seconds=1),
        due=hand_over.queued,
        act=handing_over.carry_out,
        batch=1,
    ),
    Dispatch(
        name="rehearse rules",
        every=timedelta(seconds=2),
        claim=rehearsing.claim_scripts,
        send=rehearsing.play,
        record=rehearsing.note_rehearsals,
    ),
    Timer(
        name="recycle what nobody follows up",
        every=timedelta(minutes=1),
        due=pool.stale,
        act=pool.recycle,
        key=lambda item: str(item.ownership_id),
    ),
    Timer(
        name="let registrations expire",
        every=timedelta(minutes=1),
        due=collisions.over,
        act=colliding.let_expire,
    ),
    Timer(
        name="forget contents that no document came for",
        every=timedelta(hours=1),
        due=content.unnamed,
        act=document.forget_unnamed,
        key=bytes.hex,
    ),
    imports.worker(IMPORTERS),
)

"""Activities over HTTP."""

from uuid import UUID

from services.opportunities.handlers import activity as handlers
from services.opportunities.queries import activity as queries
from services.opportunities.schemas.activity import ActivityOut, LogActivity
from shared.contracts.base import SubjectKind
from shared.web import EVERYBODY, Actor, Now, Page, PageParams, Tx, allow, door

router = door.router(prefix="/activities", tags=["activities"])


@router.post(
    "",
    status_code=201,
    response_model=ActivityOut,
    dependencies=[allow("seller", "team_lead", "manager", "operator", "integrator")],
)
async def log_activity(done: LogActivity, tx: Tx, actor: Actor, now: Now) -> ActivityOut:
    """Log what was done about a lead, a customer or an opportunity, and what comes next."""
    activity = await handlers.log_activity(tx, done=done, actor=actor, now=now)
    return await queries.one(tx, activity.id)


@router.get("", response_model=Page[ActivityOut], dependencies=[allow(*EVERYBODY)])
async def list_activities(
    tx: Tx, page: PageParams, subject_kind: SubjectKind, subject_id: UUID
) -> Page[ActivityOut]:
    """What was done about one subject, the newest first."""
    activities = await queries.page(
        tx,
        subject_kind=subject_kind,
        subject_id=subject_id,
        after_at=page.value(0),
        after_id=page.value(1),
        limit=page.fetch,
    )
    return page.page(activities, sort=lambda activity: (activity.done_at, activity.id))

"""All timers of `leads`."""

from datetime import timedelta
from uuid import UUID

from services.leads.domain.duplicates import Subject
from services.leads.handlers import (
    duplicates,
    erasure,
    learning,
    nurture,
    reopening,
    retention,
    scoring,
    tagging,
    undone_import,
)
from services.leads.handlers.channel import details
from services.leads.handlers.channel import replay as replays
from services.leads.importers import IMPORTERS
from services.leads.repository import duplicate_feed, erasing, lead, rescoring, returns
from services.leads.repository import learning as trainings
from services.leads.repository import nurture as plans
from services.leads.repository import retention as retained
from services.leads.repository import tag as tags
from services.leads.repository import trace as traces
from services.leads.repository.channel import replay
from shared import imports
from shared.timers import AnyTimer, Dispatch, Timer

TIMERS: tuple[AnyTimer, ...] = (
    Timer(
        name="score leads that have cooled",
        every=timedelta(minutes=1),
        due=lead.due_for_scoring,
        act=scoring.rescore_leads,
        key=str,
    ),
    Timer(
        name="look for duplicates",
        every=timedelta(seconds=2),
        due=duplicate_feed.unread,
        act=duplicates.look_for_duplicates,
        key=lambda subject: subject.name,
        read=Subject.named,
        batch=50,
    ),
    Timer(
        name="read submissions again",
        every=timedelta(seconds=2),
        due=replay.due,
        act=replays.replay_batches,
    ),
    Timer(
        name="empty what was kept for long enough",
        every=timedelta(minutes=10),
        due=retained.due_to_empty,
        act=retention.empty_submissions,
        key=str,
    ),
    Dispatch(
        name="ask platforms for what they named",
        every=timedelta(seconds=2),
        batch=details.AT_ONCE,
        claim=details.claim_questions,
        send=details.ask,
        record=details.note_answers,
    ),
    Timer(
        name="judge leads by new rules",
        every=timedelta(seconds=5),
        due=rescoring.due_for_new_rules,
        act=scoring.rescore_leads,
        key=str,
    ),
    Timer(
        name="tag what is new",
        every=timedelta(seconds=2),
        due=tags.due_to_tag,
        act=tagging.tag_by_rules,
        key=str,
        read=UUID,
    ),
    Timer(
        name="tag by new rules",
        every=timedelta(seconds=5),
        due=tags.due_for_new_tags,
        act=tagging.tag_by_rules,
        key=str,
        read=UUID,
    ),
    Timer(
        name="begin to nurture",
        every=timedelta(seconds=30),
        due=plans.due_to_begin,
        act=nurture.begin_plans,
        key=str,
    ),
    Timer(
        name="end what needs no nurture",
        every=timedelta(seconds=30),
        due=plans.due_to_end,
        act=nurture.end_plans,
        key=str,
    ),
    Timer(
        name="let silent leads go",
        every=timedelta(minutes=1),
        due=returns.due_to_let_go,
        act=reopening.let_leads_go,
        key=str,
    ),
    Timer(
        name="announce touches that are due",
        every=timedelta(minutes=1),
        due=plans.due_for_touch,
        act=nurture.announce_touches,
        key=lambda planned: str(planned.lead_id),
    ),
    Dispatch(
        name="learn from closed leads",
        every=timedelta(seconds=5),
        claim=learning.claim_lessons,
        send=learning.learn,
        record=learning.note_lessons,
    ),
    Timer(
        name="measure the drift of the learned score",
        every=timedelta(minutes=10),
        due=trainings.lock_unmeasured,
        act=learning.measure_drift,
        key=str,
    ),
    Timer(
        name="forget what imports changed",
        every=timedelta(minutes=10),
        due=traces.outlived,
        act=undone_import.forget_traces,
        key=str,
    ),
    Timer(
        name="look for those who are erased",
        every=timedelta(seconds=2),
        due=erasing.due,
        act=erasure.look_through,
    ),
    imports.worker(IMPORTERS),
)

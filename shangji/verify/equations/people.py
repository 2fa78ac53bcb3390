"""C12: nobody is told twice, too early, or not at all; one effect per record and deadline."""

from shangji.verify.equations.check import Check

PEOPLE: tuple[Check, ...] = (
    Check(
        equation="C12",
        says="one cause is told to one person once",
        sql="""
        SELECT kind || ' of ' || subject_id, min(id) AS "one.notice", max(id) AS "other.notice",
               cause_id AS "other.cause_id", recipient AS "other.recipient", count(*) AS "other.times"
          FROM notice
         GROUP BY cause_id, kind, recipient
        HAVING count(*) > 1
        """,
    ),
    Check(
        equation="C12",
        says="a record's deadline is told to one person once",
        sql="""
        SELECT kind || ' of ' || subject_id, min(id) AS "one.notice", max(id) AS "other.notice",
               due_at AS "other.due_at", recipient AS "other.recipient", count(*) AS "other.times"
          FROM notice
         WHERE kind IN ('follow_up_overdue', 'follow_up_escalated', 'next_step_overdue')
         GROUP BY kind, subject_id, due_at, recipient
        HAVING count(*) > 1
        """,
    ),
    Check(
        equation="C12",
        says="a deadline is told after it has passed",
        sql="""
        SELECT kind || ' of ' || subject_id, id AS "notice.id", due_at AS "notice.due_at"
          FROM notice
         WHERE kind IN ('follow_up_overdue', 'follow_up_escalated', 'next_step_overdue') AND early
        """,
    ),
    Check(
        equation="C12",
        says="a reminder that is marked as sent was placed",
        sql="""
        SELECT owed.subject_id, owed.owner AS "follow_up.owner", owed.respond_by AS "follow_up.respond_by",
               NULL AS "notice.id"
          FROM follow_up AS owed
          LEFT JOIN notice
            ON notice.kind = 'follow_up_overdue' AND notice.subject_id = owed.subject_id
           AND notice.due_at = owed.respond_by AND notice.recipient = owed.owner
         WHERE owed.reminded AND owed.active AND notice.id IS NULL
        """,
    ),
    Check(
        equation="C12",
        says="what an event is told for was said, and its new owner is the one told",
        sql="""
        SELECT notice.kind || ' of ' || notice.subject_id, notice.id AS "notice.id",
               notice.cause_id AS "notice.cause_id", record.type AS "event.type"
          FROM notice
          LEFT JOIN record ON record.event_id = notice.cause_id
         WHERE notice.kind IN ('new_owner', 'deal_won', 'lead_unassigned')
           AND record.type IS NOT CASE notice.kind
                   WHEN 'new_owner' THEN 'ownership.assigned.v1'
                   WHEN 'deal_won' THEN 'opportunity.won.v1'
                   ELSE 'ownership.unassigned.v1' END
        """,
    ),
    Check(
        equation="C12",
        says="a new owner is told, unless it is no news to them",
        sql="""
        SELECT said.id, said.event_id AS "event.id", json_extract(said.value, '$.owner_id') AS "event.owner",
               count(notice.id) AS "notice.count"
          FROM first AS said
          LEFT JOIN notice ON notice.cause_id = said.event_id AND notice.kind = 'new_owner'
         WHERE said.type = 'ownership.assigned.v1'
           AND NOT coalesce(json_extract(said.value, '$.history'), 0)
           AND json_extract(said.value, '$.reason') NOT IN ('claimed', 'kept', 'imported')
           AND NOT EXISTS (SELECT 1 FROM parked WHERE service = 'notifications' AND parked.id = said.id)
           AND json_extract(said.value, '$.owner_id') NOT IN (SELECT id FROM left_us)
         GROUP BY said.event_id
        HAVING count(notice.id) <> 1
        """,
    ),
)

OVERDUE = Check(
    equation="C12",
    says="a deadline that has passed for a minute was told or answered",
    sql="""
    SELECT subject_id, owner AS "follow_up.owner", respond_by AS "follow_up.respond_by",
           reminded AS "follow_up.reminded"
      FROM follow_up
     WHERE overdue
    """,
)
"""Only while the services run: a stopped stack fires no timers."""

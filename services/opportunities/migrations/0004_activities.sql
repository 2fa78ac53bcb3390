-- What was done about leads, customers and deals. Free text stays in this table.

CREATE TABLE activity (
    id uuid PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('lead', 'customer', 'opportunity')),
    subject_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('call', 'visit', 'meeting', 'mail', 'chat', 'note')),
    done_by uuid NOT NULL,
    unit_id uuid NOT NULL,
    done_at timestamptz NOT NULL,
    text text NOT NULL,
    next_step text NOT NULL,
    next_step_on date,
    sequence int NOT NULL CHECK (sequence > 0)
);
CREATE INDEX activity_subject ON activity (subject_kind, subject_id, done_at DESC, id DESC);

-- Whoever sees the subject sees what was done about it, also after it changed hands; and a deal brings
-- what was done about the lead it came from.
ALTER TABLE activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON activity
    USING (
        shangji_sees(unit_id, done_by)
        OR EXISTS (
            SELECT FROM ownership
             WHERE ownership.subject_kind = activity.subject_kind
               AND ownership.subject_id = activity.subject_id
        )
        OR EXISTS (
            SELECT FROM deal
             WHERE activity.subject_kind = 'lead'
               AND deal.lead_id = activity.subject_id
        )
    ) WITH CHECK (true);

-- When it was last worked on, and when its present owner first was: a responded_at before `since`
-- belongs to an earlier owner.
ALTER TABLE ownership
    ADD COLUMN last_activity_at timestamptz,
    ADD COLUMN responded_at timestamptz;

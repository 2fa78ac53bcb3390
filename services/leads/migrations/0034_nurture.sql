-- Leads that are not ready yet have a plan of touches. Intake knows nothing of it: a timer finds leads whose
-- plan has to begin or end by these two indexes, which hold nothing else.
ALTER TABLE lead ADD COLUMN nurtured boolean NOT NULL DEFAULT false;

CREATE INDEX lead_to_nurture ON lead (touched_at)
    WHERE state = 'open' AND grade = 'C' AND NOT nurtured AND NOT history;
CREATE INDEX lead_nurtured_enough ON lead (touched_at)
    WHERE nurtured AND (state <> 'open' OR grade <> 'C');

CREATE TABLE nurture (
    lead_id   uuid        PRIMARY KEY,
    plan      text        NOT NULL,
    -- Those of the day it began: a changed plan is for those who come after.
    steps     jsonb       NOT NULL CHECK (jsonb_typeof(steps) = 'array'),
    began_at  timestamptz NOT NULL,
    done      int         NOT NULL CHECK (done >= 0),
    due_at    timestamptz,
    announced boolean     NOT NULL
);

CREATE INDEX nurture_due ON nurture (due_at) WHERE due_at IS NOT NULL AND NOT announced;
CREATE INDEX nurture_list ON nurture (due_at, lead_id) WHERE due_at IS NOT NULL;

-- A score learned from closed leads. What was learned is configuration of the kind `learned_score`:
-- a version like any other, activated by somebody and rolled back.

-- What is known of each lead as one flat object, and what became of it: won, lost, or nothing yet. A lead
-- whose deal is still open has come to no end.
CREATE VIEW lead_known WITH (security_invoker = true) AS
SELECT id, unit_id, owner_id, state, outcome, captured_at,
       CASE WHEN outcome = 'won' THEN true
            WHEN outcome = 'converted' AND opportunity_id IS NULL THEN true
            WHEN state = 'converted' AND outcome IS NULL AND opportunity_id IS NULL THEN true
            WHEN outcome IN ('lost', 'not_converted') OR state = 'disqualified' THEN false
       END AS won,
       jsonb_build_object(
           'channel', channel, 'source', source, 'origin', origin, 'campaign', campaign,
           'region', region, 'industry', industry,
           'has_company', company_key <> '', 'has_mail', mail <> '',
           'has_phone', phone_kind IS NOT NULL, 'has_mobile', phone_kind IS NOT DISTINCT FROM 'mobile',
           'do_not_email', do_not_email, 'do_not_call', do_not_call)
       || coalesce((SELECT jsonb_object_agg('attributes.' || key, value) FROM jsonb_each(attributes)), '{}')
       AS known
  FROM lead;

-- Learning takes seconds, so it is wanted here and done by a timer; `due_at` is also how long the one who
-- does it may be silent.
CREATE TABLE training (
    id          uuid        PRIMARY KEY,
    due_at      timestamptz NOT NULL,
    -- Nobody: the schedule.
    wanted_by   uuid,
    why         text        NOT NULL,
    finished_at timestamptz,
    -- Of the configuration `learned_score`; nothing when nothing could be learned.
    version     int,
    problem     text        NOT NULL
);

CREATE INDEX training_due ON training (due_at) WHERE finished_at IS NULL;
CREATE UNIQUE INDEX training_scheduled ON training ((true)) WHERE finished_at IS NULL AND wanted_by IS NULL;

-- The latest closed leads are learned from.
CREATE INDEX lead_over ON lead (captured_at DESC)
    WHERE outcome IS NOT NULL OR state IN ('converted', 'disqualified');

-- How far the leads of a day lay from those that were learned from.
CREATE TABLE learned_drift (
    version     int         NOT NULL,
    measured_at timestamptz NOT NULL,
    body        jsonb       NOT NULL CHECK (jsonb_typeof(body) = 'object'),
    PRIMARY KEY (version, measured_at)
);

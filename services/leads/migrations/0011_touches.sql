-- Every time somebody came, with what led them here: first and last touch stay attached to the lead.
CREATE TABLE touch (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id         uuid        NOT NULL,
    -- Or the import run that the record came with.
    submission_id   uuid        NOT NULL,
    channel         text        NOT NULL,
    source          text        NOT NULL,
    origin          text        NOT NULL,
    campaign        text        NOT NULL,
    -- UTM parameters, click, referrer, landing page: those that are known.
    trail           jsonb       NOT NULL CHECK (jsonb_typeof(trail) = 'object'),
    -- The version of the channel whose consent text was agreed to.
    consent_version int,
    touched_at      timestamptz NOT NULL
);

CREATE INDEX touch_of_lead ON touch (lead_id, touched_at, id);
CREATE INDEX touch_of_submission ON touch (submission_id);

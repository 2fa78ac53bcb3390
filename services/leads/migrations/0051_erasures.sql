-- Erasures: whose person was asked to be forgotten, and what has been erased so far. A finished row is the
-- certificate; it holds ids and counts, and nothing of the person.
CREATE TABLE erasure (
    id           uuid        PRIMARY KEY,
    subject_kind text        NOT NULL CHECK (subject_kind IN ('lead', 'contact')),
    subject_id   uuid        NOT NULL,
    reason       text        NOT NULL
                 CHECK (reason IN ('requested', 'consent_withdrawn', 'no_longer_needed', 'unlawful')),
    asked_by     uuid,
    asked_at     timestamptz NOT NULL,
    -- Every record that was this person's.
    lead_ids     uuid[]      NOT NULL,
    contact_ids  uuid[]      NOT NULL,
    -- Rows by what they were.
    erased       jsonb       NOT NULL CHECK (jsonb_typeof(erased) = 'object'),
    -- What is still looked for where nothing refers to a record: sealed, and gone in the end.
    sought       bytea,
    step         int         NOT NULL,
    reached      jsonb,
    look_at      timestamptz,
    finished_at  timestamptz,
    CHECK ((finished_at IS NULL) = (sought IS NOT NULL)),
    CHECK ((finished_at IS NULL) = (look_at IS NOT NULL))
);

CREATE INDEX erasure_due ON erasure (look_at) WHERE finished_at IS NULL;
CREATE INDEX erasure_list ON erasure (asked_at DESC, id DESC);

-- What never became part of a lead is looked through, and nothing else.
CREATE INDEX submission_unlinked ON submission (id) WHERE lead_id IS NULL AND erased_at IS NULL;

-- Who has a deal may call those it is made with, so its owner is kept, too.
ALTER TABLE holding
    DROP CONSTRAINT holding_subject_kind_check,
    ADD CONSTRAINT holding_subject_kind_check
        CHECK (subject_kind IN ('lead', 'customer', 'opportunity'));

-- What an import did to a record, kept for as long as the import can be undone.
CREATE TABLE import_trace (
    subject_id uuid        NOT NULL,
    import_id  uuid        NOT NULL,
    -- The record's row as it was before; nothing when the import made the record.
    before     jsonb,
    -- A fingerprint of the record as the import left it: whoever changes it since has the last word.
    after      bytea,
    -- Somebody called, visited or wrote: the record is theirs now.
    worked     boolean     NOT NULL DEFAULT false,
    noted_at   timestamptz NOT NULL,
    PRIMARY KEY (subject_id, import_id)
);

CREATE INDEX import_trace_noted ON import_trace USING brin (noted_at);

-- A lead that should never have been here: its import was undone.
ALTER TABLE lead
    DROP CONSTRAINT lead_state_check,
    ADD CONSTRAINT lead_state_check
        CHECK (state IN ('open', 'qualified', 'converted', 'disqualified', 'closed', 'merged',
                         'withdrawn'));

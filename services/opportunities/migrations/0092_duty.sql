-- When people are there: weekly shifts, and times when they are out of office.
ALTER TABLE person ADD COLUMN shifts jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(shifts) = 'array');

CREATE TABLE absence (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    -- Who takes what is meant for them by name meanwhile.
    stand_in_id uuid REFERENCES person CHECK (stand_in_id <> person_id),
    planned_by uuid NOT NULL,
    sequence int NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK (starts_at <= ends_at)
);
CREATE INDEX absence_of_person ON absence (person_id, starts_at DESC, id DESC);
CREATE INDEX absence_ahead ON absence (ends_at);

-- Rises with every change of the directory: what nobody could be given is tried again then.
CREATE TABLE directory_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch bigint NOT NULL DEFAULT 1
);
INSERT INTO directory_epoch DEFAULT VALUES;

ALTER TABLE ownership
    -- The directory and the configuration that it was last tried with.
    ADD COLUMN tried_epoch bigint NOT NULL DEFAULT 0,
    -- When time alone may have made a difference: somebody is back, or a new day has begun.
    ADD COLUMN try_at timestamptz;
CREATE INDEX ownership_tried ON ownership (tried_epoch)
    WHERE owner_id IS NULL AND pool_id IS NULL AND open AND NOT history;
CREATE INDEX ownership_to_try ON ownership (try_at)
    WHERE owner_id IS NULL AND pool_id IS NULL AND open AND NOT history;

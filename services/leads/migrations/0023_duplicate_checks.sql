-- Who asked whether somebody is known already, and how much was disclosed: never what was asked.
CREATE TABLE duplicate_check (
    id             uuid        PRIMARY KEY,
    person_id      uuid        NOT NULL,
    checked_at     timestamptz NOT NULL,
    -- Names of the fields that were given.
    fields         text[]      NOT NULL,
    answer         text        NOT NULL CHECK (answer IN ('undisclosed', 'no', 'likely', 'yes')),
    subject_kind   text,
    subject_id     uuid,
    policy_version int         NOT NULL
);

CREATE INDEX duplicate_check_of_person ON duplicate_check (person_id, checked_at DESC);

-- Until when the owner alone may act, as `opportunities` says.
ALTER TABLE holding ADD COLUMN protected_until timestamptz;

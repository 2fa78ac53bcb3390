-- What identity providers know people and units by, and those they have taken away: these are there no more for them.
CREATE TABLE provisioned (
    id uuid PRIMARY KEY,
    external_id text,
    changed_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE INDEX provisioned_external ON provisioned (external_id) WHERE external_id IS NOT NULL;

-- Identity providers name people by their mail addresses.
ALTER TABLE person
    DROP CONSTRAINT person_username_check,
    ADD CONSTRAINT person_username_check CHECK (username ~ '^[a-z0-9][a-z0-9._@+-]{0,127}$');

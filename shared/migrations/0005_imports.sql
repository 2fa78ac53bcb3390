-- Files that were sent to be taken in, how far each has come, and what did not fit.

CREATE TABLE import_run (
    id            uuid        PRIMARY KEY,
    kind          text        NOT NULL,
    state         text        NOT NULL CHECK (state IN ('queued', 'running', 'done', 'refused')),
    dry_run       boolean     NOT NULL,
    file_name     text        NOT NULL,
    file_size     bigint      NOT NULL,
    file_sha256   bytea       NOT NULL,
    mapping       jsonb       NOT NULL,
    actor_id      uuid        NOT NULL,
    unit_id       uuid        NOT NULL,
    -- What was found when the file was opened.
    encoding      text        NOT NULL DEFAULT '',
    header        text[]      NOT NULL DEFAULT '{}',
    columns       jsonb       NOT NULL DEFAULT '{}',
    rows_expected int         NOT NULL DEFAULT 0,
    -- The last row that took effect, by its number in the file: written in the same transaction as
    -- the effects themselves, so that whoever goes on begins behind it.
    row_cursor    int         NOT NULL DEFAULT 0,
    created       int         NOT NULL DEFAULT 0,
    updated       int         NOT NULL DEFAULT 0,
    unchanged     int         NOT NULL DEFAULT 0,
    duplicate     int         NOT NULL DEFAULT 0,
    rejected      int         NOT NULL DEFAULT 0,
    -- Why the file as a whole was refused.
    problem       jsonb,
    created_at    timestamptz NOT NULL,
    started_at    timestamptz,
    finished_at   timestamptz,
    CHECK ((state = 'refused') = (problem IS NOT NULL))
);

CREATE INDEX import_run_waiting ON import_run (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX import_run_listed ON import_run (unit_id, created_at DESC, id DESC);

-- The bytes as they came, kept also when nobody can read them.
CREATE TABLE import_chunk (
    import_id uuid  NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
    number    int   NOT NULL,
    bytes     bytea NOT NULL,
    PRIMARY KEY (import_id, number)
);

CREATE TABLE import_rejection (
    import_id uuid  NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
    row       int   NOT NULL,
    field     text  NOT NULL,
    reason    text  NOT NULL,
    cells     jsonb NOT NULL,
    PRIMARY KEY (import_id, row)
);

ALTER TABLE import_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON import_run USING (shangji_sees(unit_id, actor_id));

-- Rules as data: every version stays as it was written, and decisions name the version they used.

CREATE TABLE configuration (
    kind         text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
    version      integer     NOT NULL CHECK (version > 0),
    state        text        NOT NULL
                 CHECK (state IN ('draft', 'checked', 'activated', 'superseded')),
    body         jsonb       NOT NULL CHECK (jsonb_typeof(body) = 'object'),
    author_id    uuid,
    why          text        NOT NULL,
    created_at   timestamptz NOT NULL,
    activated_at timestamptz,
    PRIMARY KEY (kind, version)
);

-- Also how the version in force is found.
CREATE UNIQUE INDEX configuration_in_force ON configuration (kind) WHERE state = 'activated';

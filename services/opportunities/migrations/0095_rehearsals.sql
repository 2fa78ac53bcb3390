-- Routing rules rehearsed on a past window, before they go live: what came of it, and who would have got what.

CREATE TABLE rehearsal (
    id uuid PRIMARY KEY,
    version int NOT NULL,
    in_force int,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'done', 'failed')),
    problem text NOT NULL DEFAULT '',
    result jsonb,
    seconds double precision,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    done_at timestamptz,
    -- Whoever works on it has it until then.
    due_at timestamptz NOT NULL
);
CREATE INDEX rehearsal_of_version ON rehearsal (version, asked_at DESC, id DESC);
CREATE INDEX rehearsal_queued ON rehearsal (due_at) WHERE state = 'queued';

CREATE TABLE rehearsal_move (
    rehearsal_id uuid NOT NULL REFERENCES rehearsal,
    position int NOT NULL,
    lead_id uuid NOT NULL,
    came_at timestamptz NOT NULL,
    before_id uuid,
    after_id uuid,
    before json NOT NULL,
    after json NOT NULL,
    PRIMARY KEY (rehearsal_id, position)
);

CREATE INDEX lead_copy_captured ON lead_copy (captured_at, id);

-- What was answered to a command, kept so that the same command sent again gets the same answer.
-- The row is inserted before the command runs and filled in before it commits: a second sender
-- waits on it, and a crash takes the key back together with the work.

CREATE TABLE idempotency (
    principal  uuid        NOT NULL,
    scope      text        NOT NULL,
    key        text        NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    body_hash  bytea       NOT NULL,
    status     integer     CHECK (status BETWEEN 200 AND 499),
    headers    jsonb       CHECK (jsonb_typeof(headers) = 'object'),
    body       bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (principal, scope, key)
);

CREATE INDEX idempotency_created_at ON idempotency (created_at);

-- The platform's tables in a service's own schema: what it says, what it has heard, what it did.

-- The demo may look at its enterprise on a later day; everywhere else the shift stays zero.
CREATE TABLE clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    shift interval NOT NULL DEFAULT '0'
);
INSERT INTO clock DEFAULT VALUES;

-- Opens the door of a transaction: tells row-level security whom it serves, and answers the time.
CREATE FUNCTION shangji_enter(units text, person text, everything text) RETURNS timestamptz
LANGUAGE sql VOLATILE AS $$
    SELECT set_config('shangji.units', units, true),
           set_config('shangji.person', person, true),
           set_config('shangji.everything', everything, true);
    SELECT clock_timestamp() + shift FROM clock;
$$;

-- Events that Kafka has not acknowledged yet. Rows are written while their aggregate's row is locked,
-- so within one aggregate a lower seq was committed first.
CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence int NOT NULL CHECK (sequence > 0),
    type text NOT NULL,
    headers jsonb NOT NULL,
    payload bytea NOT NULL CHECK (octet_length(payload) <= 262144),
    occurred_at timestamptz NOT NULL,
    -- Two writers that took the same sequence cannot both commit.
    UNIQUE (aggregate_type, aggregate_id, sequence)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0);

-- The permanent event log. Positions are given by the relay under one lock, hence gapless.
CREATE TABLE feed (
    position bigint PRIMARY KEY,
    event_id uuid NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence int NOT NULL,
    type text NOT NULL,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    occurred_at timestamptz NOT NULL
);

CREATE TABLE feed_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL DEFAULT 0
);
INSERT INTO feed_head DEFAULT VALUES;

-- How far each consumer group has come. The row is the arbiter: Kafka's own commits are only hints.
CREATE TABLE consumer_offset (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    topic_id uuid NOT NULL,
    next_offset bigint NOT NULL,
    stopped_because text,
    PRIMARY KEY (consumer_group, topic, partition)
);

-- The last event of each aggregate that took effect.
CREATE TABLE heard (
    consumer_group text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence int NOT NULL,
    PRIMARY KEY (consumer_group, aggregate_type, aggregate_id)
) WITH (fillfactor = 80);

-- Events that wait: behind a gap, behind a refusal, or for a release that knows their version.
CREATE TABLE parked (
    consumer_group text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence int NOT NULL,
    reason text NOT NULL CHECK (reason IN ('gap', 'refused', 'unknown_version', 'unreadable', 'behind')),
    detail text NOT NULL DEFAULT '',
    attempts int NOT NULL DEFAULT 0,
    event_id uuid NOT NULL,
    type text NOT NULL,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    occurred_at timestamptz NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    log_offset bigint NOT NULL,
    parked_at timestamptz NOT NULL,
    PRIMARY KEY (consumer_group, aggregate_type, aggregate_id, sequence)
);

-- Messages whose envelope cannot be read; kept as they came.
CREATE TABLE dead_letter (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    log_offset bigint NOT NULL,
    reason text NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    buried_at timestamptz NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition, log_offset)
);

-- What each consumer partition did with what it was given; the numbers must add up to the log.
CREATE TABLE consumer_tally (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    applied bigint NOT NULL DEFAULT 0,
    duplicate bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    parked bigint NOT NULL DEFAULT 0,
    dead bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer_group, topic, partition)
);

-- Due items that failed rest for a while; the rest of the sweep goes on.
CREATE TABLE timer_backoff (
    timer text NOT NULL,
    item text NOT NULL,
    attempts int NOT NULL,
    retry_at timestamptz NOT NULL,
    last_error text NOT NULL,
    PRIMARY KEY (timer, item)
);

-- Who did what, when and why. Rows are only ever added; sealing them into a chain happens off this path.
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    why text NOT NULL DEFAULT '',
    before jsonb,
    after jsonb,
    correlation_id text NOT NULL DEFAULT ''
);
CREATE INDEX audit_subject ON audit (subject_kind, subject_id, id);

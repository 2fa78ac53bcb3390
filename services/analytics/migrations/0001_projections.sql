-- What analytics knows, one row per aggregate. Events of different aggregates come in any order, so every
-- column is written by the events of one topic only; whatever the interleaving, the rows end the same.
-- A row that only another topic has spoken of yet is a stub: its own topic's columns are still null.
-- Times: `…_at` and `…_on` say when it was so in the business; `known_at` when it was recorded.
-- A table here may be copied with LIKE: no foreign keys, no defaults that ask for the time, no sequences.

CREATE TABLE unit (
    unit_id uuid PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    parent_id uuid,
    lead_person_id uuid,
    active boolean NOT NULL,
    known_at timestamptz NOT NULL
);
CREATE INDEX unit_parent ON unit (parent_id);

CREATE TABLE person (
    person_id uuid PRIMARY KEY,
    name text NOT NULL,
    unit_id uuid NOT NULL,
    roles text[] NOT NULL,
    active boolean NOT NULL,
    known_at timestamptz NOT NULL
);

CREATE TABLE product (
    product_id uuid PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    series text NOT NULL,
    list_price numeric(18, 2) NOT NULL,
    currency text NOT NULL,
    active boolean NOT NULL,
    known_at timestamptz NOT NULL
);

CREATE TABLE customer (
    customer_id uuid PRIMARY KEY,
    name text NOT NULL,
    industry text NOT NULL,
    region text NOT NULL,
    level text NOT NULL,
    lead_id uuid,
    registered_at timestamptz NOT NULL,
    known_at timestamptz NOT NULL
);

CREATE TABLE lead (
    lead_id uuid PRIMARY KEY,
    -- written by lead events
    channel text,
    source text,
    origin text,
    campaign text,
    region text,
    industry text,
    product_id uuid,
    do_not_email boolean,
    do_not_call boolean,
    captured_unit_id uuid,
    captured_at timestamptz,
    touches int NOT NULL DEFAULT 0,
    score double precision,
    grade text,
    rules_version int,
    qualified_at timestamptz,
    disqualified_at timestamptz,
    disqualified_reason text,
    outcome text,
    outcome_recorded_at timestamptz,
    converted_at timestamptz,
    customer_id uuid,
    history boolean,
    known_at timestamptz,
    -- written by ownership events
    held_owner_id uuid,
    held_unit_id uuid,
    -- written by opportunity events; the earliest counts when a lead led to several deals
    deal_opened_at timestamptz,
    deal_won_at timestamptz,
    -- who may see it
    owner_id uuid GENERATED ALWAYS AS (held_owner_id) STORED,
    unit_id uuid GENERATED ALWAYS AS (
        coalesce(held_unit_id, captured_unit_id, '00000000-0000-8000-8000-000000000001')
    ) STORED
);
CREATE INDEX lead_unit ON lead (unit_id);
CREATE INDEX lead_owner ON lead (owner_id);

CREATE TABLE opportunity (
    opportunity_id uuid PRIMARY KEY,
    -- written by opportunity events
    lead_id uuid,
    customer_id uuid,
    product_id uuid,
    amount numeric(18, 2),
    list_value numeric(18, 2),
    currency text,
    expected_close_on date,
    next_step_on date,
    source text,
    pipeline text,
    pipeline_version int,
    stage text,
    status text,
    probability double precision,
    opened_owner_id uuid,
    opened_unit_id uuid,
    engaged_on date,
    closed_on date,
    close_reason text,
    competitor text,
    history boolean,
    known_at timestamptz,
    changed_known_at timestamptz,
    -- written by ownership events
    held_owner_id uuid,
    held_unit_id uuid,
    -- who may see it: whom ownership names, and until it has spoken, who opened it
    owner_id uuid GENERATED ALWAYS AS (
        CASE WHEN held_unit_id IS NULL THEN opened_owner_id ELSE held_owner_id END
    ) STORED,
    unit_id uuid GENERATED ALWAYS AS (
        coalesce(held_unit_id, opened_unit_id, '00000000-0000-8000-8000-000000000001')
    ) STORED
);
CREATE INDEX opportunity_unit ON opportunity (unit_id, closed_on);
CREATE INDEX opportunity_owner ON opportunity (owner_id);

-- Each stay of a deal in a stage. `sequence` is that of the event by which it entered. A record taken over
-- anew replaces what was believed before: those stays are kept, closed by `believed_until`.
CREATE TABLE stage_interval (
    opportunity_id uuid NOT NULL,
    sequence int NOT NULL,
    pipeline text NOT NULL,
    stage text NOT NULL,
    kind text NOT NULL,
    probability double precision NOT NULL,
    -- null: it was in this stage, nobody knows since when
    entered_at timestamptz,
    left_at timestamptz,
    known_at timestamptz NOT NULL,
    left_known_at timestamptz,
    believed_until timestamptz,
    PRIMARY KEY (opportunity_id, sequence)
);
CREATE INDEX stage_interval_current ON stage_interval (opportunity_id) WHERE left_at IS NULL AND believed_until IS NULL;

-- Each time somebody, a pool or nobody held a lead, a customer or a deal.
CREATE TABLE ownership_period (
    ownership_id uuid NOT NULL,
    sequence int NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    owner_id uuid,
    pool_id uuid,
    unit_id uuid NOT NULL,
    reason text NOT NULL,
    history boolean NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    known_at timestamptz NOT NULL,
    ended_known_at timestamptz,
    PRIMARY KEY (ownership_id, sequence)
);
CREATE INDEX ownership_period_current ON ownership_period (ownership_id) WHERE ended_at IS NULL;
CREATE INDEX ownership_period_unit ON ownership_period (unit_id, subject_kind, started_at);
CREATE INDEX ownership_period_owner ON ownership_period (owner_id, subject_kind, started_at);

CREATE TABLE activity (
    activity_id uuid PRIMARY KEY,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    kind text NOT NULL,
    done_by uuid NOT NULL,
    unit_id uuid NOT NULL,
    done_at timestamptz NOT NULL,
    history boolean NOT NULL,
    known_at timestamptz NOT NULL
);
CREATE INDEX activity_unit ON activity (unit_id, done_at);
CREATE INDEX activity_subject ON activity (subject_id, done_by, done_at);

CREATE TABLE notification (
    notification_id uuid PRIMARY KEY,
    recipient_id uuid NOT NULL,
    kind text NOT NULL,
    subject_kind text NOT NULL,
    placed_at timestamptz NOT NULL,
    read_at timestamptz,
    known_at timestamptz NOT NULL
);
CREATE INDEX notification_recipient ON notification (recipient_id, placed_at);

ALTER TABLE lead ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON lead USING (shangji_sees(unit_id, owner_id));
ALTER TABLE opportunity ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON opportunity USING (shangji_sees(unit_id, owner_id));
ALTER TABLE ownership_period ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON ownership_period USING (shangji_sees(unit_id, owner_id));
ALTER TABLE activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON activity USING (shangji_sees(unit_id, done_by));

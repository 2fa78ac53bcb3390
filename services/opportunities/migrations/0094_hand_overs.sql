-- Everything that somebody has goes to others in one act, complete or not at all.

CREATE TABLE hand_over (
    id uuid PRIMARY KEY,
    from_id uuid NOT NULL REFERENCES person,
    -- Where they belonged when it was asked for: whoever leads that part may read it.
    unit_id uuid NOT NULL REFERENCES unit,
    shares jsonb NOT NULL CHECK (jsonb_typeof(shares) = 'array'),
    kinds text[] NOT NULL,
    reason text NOT NULL,
    leaves boolean NOT NULL,
    returns_id uuid REFERENCES hand_over,
    state text NOT NULL CHECK (state IN ('queued', 'done', 'refused')),
    problem text NOT NULL DEFAULT '',
    records int NOT NULL DEFAULT 0,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    done_at timestamptz,
    sequence int NOT NULL
);
CREATE INDEX hand_over_list ON hand_over (asked_at DESC, id DESC);
CREATE INDEX hand_over_queued ON hand_over (asked_at) WHERE state = 'queued';
-- What somebody was given to keep for a while is given back once.
CREATE UNIQUE INDEX hand_over_returned ON hand_over (returns_id) WHERE state <> 'refused';
ALTER TABLE hand_over ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON hand_over USING (shangji_sees(unit_id, NULL));

CREATE TABLE hand_over_item (
    hand_over_id uuid NOT NULL REFERENCES hand_over,
    record_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    product_line text NOT NULL DEFAULT '',
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    PRIMARY KEY (hand_over_id, record_id)
);

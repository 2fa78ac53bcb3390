-- What finds duplicates: the words of each record as numbers (see domain/matching), and how many
-- records hold each. Both follow the feed of this very service, so nothing that comes in waits.
CREATE TABLE duplicate_profile (
    subject_kind text     NOT NULL CHECK (subject_kind IN ('lead', 'customer', 'contact')),
    subject_id   uuid     NOT NULL,
    -- Words that records are found by, and words that only weigh.
    finding      bigint[] NOT NULL,
    weighing     bigint[] NOT NULL,
    PRIMARY KEY (subject_kind, subject_id)
);

-- No pending list: a search must not pay for what a thousand inserts have left to do.
CREATE INDEX duplicate_profile_finding ON duplicate_profile USING gin (finding) WITH (fastupdate = off);

CREATE TABLE duplicate_term (
    term    bigint PRIMARY KEY,
    holders int    NOT NULL
) WITH (fillfactor = 80);

-- How far the feed was read, and how many records there are.
CREATE TABLE duplicate_progress (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint  NOT NULL DEFAULT 0,
    records  bigint  NOT NULL DEFAULT 0
);
INSERT INTO duplicate_progress DEFAULT VALUES;

-- Pairs that a person is asked about, with what speaks for them, and what was decided.
CREATE TABLE duplicate_candidate (
    id            uuid             PRIMARY KEY,
    one_kind      text             NOT NULL,
    one_id        uuid             NOT NULL,
    other_kind    text             NOT NULL,
    other_id      uuid             NOT NULL,
    state         text             NOT NULL CHECK (state IN ('open', 'later', 'merged', 'distinct')),
    bits          double precision NOT NULL,
    prior         double precision NOT NULL,
    findings      jsonb            NOT NULL CHECK (jsonb_typeof(findings) = 'array'),
    rules_version int              NOT NULL,
    found_at      timestamptz      NOT NULL,
    decided_by    uuid,
    decided_at    timestamptz,
    why           text             NOT NULL DEFAULT '',
    -- A pair is one pair, whichever of the two was looked at.
    CHECK ((one_kind, one_id) < (other_kind, other_id)),
    UNIQUE (one_kind, one_id, other_kind, other_id)
);

CREATE INDEX duplicate_candidate_list ON duplicate_candidate (state, bits DESC, id DESC);
CREATE INDEX duplicate_candidate_other ON duplicate_candidate (other_kind, other_id);

-- Of the deals that came of leads, also whose they are: an open one is what a seller asks about.
ALTER TABLE deal ADD COLUMN customer_id uuid;
CREATE INDEX deal_of_customer ON deal (customer_id) WHERE customer_id IS NOT NULL;

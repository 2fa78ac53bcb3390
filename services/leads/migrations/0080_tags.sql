-- Tags: what people find a lead by, and what its customer needs. A tag that a person took away keeps its row,
-- so that no rule puts it back.
CREATE TABLE lead_tag (
    lead_id       uuid        NOT NULL,
    tag           text        NOT NULL CHECK (tag <> ''),
    is_on         boolean     NOT NULL,
    by_hand       boolean     NOT NULL,
    -- Nobody, where a rule decided.
    set_by        uuid,
    set_at        timestamptz NOT NULL,
    -- Of the configuration `tags`, where a rule decided.
    rules_version int,
    -- The lead that this one goes on for, whose tag it was.
    taken_from    uuid,
    PRIMARY KEY (lead_id, tag),
    CHECK (by_hand = (rules_version IS NULL))
);

CREATE INDEX lead_tag_taken_from ON lead_tag (taken_from) WHERE taken_from IS NOT NULL;

CREATE INDEX lead_tag_list ON lead_tag (tag, lead_id) WHERE is_on;

-- How far the feed was read for leads to tag; and which version of the rules goes through all leads, and how far.
CREATE TABLE tag_progress (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint  NOT NULL DEFAULT 0,
    version  int     NOT NULL DEFAULT 0,
    reached  uuid    NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO tag_progress DEFAULT VALUES;

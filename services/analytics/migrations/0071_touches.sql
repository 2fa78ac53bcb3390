-- Every time somebody came, so that what was won can be told by what brought them first, and last.
CREATE TABLE touch (
    lead_id uuid NOT NULL,
    sequence int NOT NULL,
    channel text NOT NULL,
    source text NOT NULL,
    origin text NOT NULL,
    campaign text NOT NULL,
    utm_source text NOT NULL,
    utm_medium text NOT NULL,
    utm_campaign text NOT NULL,
    click text NOT NULL,
    touched_at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (lead_id, sequence)
);

-- Touches of a lead that turned out to be another one count for the one that goes on.
ALTER TABLE lead ADD COLUMN merged_into uuid;
CREATE INDEX lead_merged_into ON lead (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX opportunity_lead ON opportunity (lead_id) WHERE lead_id IS NOT NULL;

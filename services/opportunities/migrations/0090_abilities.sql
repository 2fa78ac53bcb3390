-- What sellers are able to do beyond skills and industries; who names no product sells every one.
ALTER TABLE person
    ADD COLUMN products text[] NOT NULL DEFAULT '{}',
    ADD COLUMN languages text[] NOT NULL DEFAULT '{}',
    ADD COLUMN level int NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 9);

-- How often somebody has won, for rules that choose by it.
CREATE INDEX deal_results ON deal (owner_id, closed_on) INCLUDE (status) WHERE status IN ('won', 'lost');

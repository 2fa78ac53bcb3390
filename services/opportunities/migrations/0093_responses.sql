-- Owners respond in time or not: one row for each time somebody was given something to act on.

ALTER TABLE ownership
    -- When it goes to the next candidate, unless its owner has accepted or done something.
    ADD COLUMN pass_on_at timestamptz,
    ADD COLUMN accepted_at timestamptz,
    -- Who has let it pass, and how: they are not asked again.
    ADD COLUMN passed jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(passed) = 'object');
CREATE INDEX ownership_to_pass_on ON ownership (pass_on_at) WHERE pass_on_at IS NOT NULL AND open;

CREATE TABLE response (
    ownership_id uuid NOT NULL REFERENCES ownership,
    assigned_at timestamptz NOT NULL,
    owner_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    respond_by timestamptz NOT NULL,
    responded_at timestamptz,
    -- When it was somebody else's, or nothing was left to do, before they had responded.
    ended_at timestamptz,
    PRIMARY KEY (ownership_id, assigned_at)
);
CREATE INDEX response_of_unit ON response (unit_id, respond_by);
CREATE INDEX response_late ON response (respond_by DESC, ownership_id DESC)
    WHERE responded_at IS NULL AND ended_at IS NULL;

ALTER TABLE response ENABLE ROW LEVEL SECURITY;
-- Whoever writes an ownership writes this, also when the record leaves their sight by it.
CREATE POLICY scope ON response USING (shangji_sees(unit_id, owner_id)) WITH CHECK (true);

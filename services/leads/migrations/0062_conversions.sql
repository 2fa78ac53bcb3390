-- What a conversion made, so that it can be undone within a while: the lead is open again, and what was made by
-- that act alone and has been left alone since is withdrawn.
CREATE TABLE conversion (
    id             uuid        PRIMARY KEY,
    lead_id        uuid        NOT NULL,
    state_before   text        NOT NULL CHECK (state_before IN ('open', 'qualified')),
    customer_id    uuid        NOT NULL,
    made_customer  boolean     NOT NULL,
    contact_id     uuid,
    made_contact   boolean     NOT NULL,
    opportunity_id uuid,
    converted_at   timestamptz NOT NULL,
    undo_until     timestamptz NOT NULL,
    -- `recalled`: whether its deal may go is for `opportunities` to say. `kept`: it may not, for these reasons.
    state          text        NOT NULL CHECK (state IN ('standing', 'recalled', 'kept', 'undone')),
    kept_for       text[]      NOT NULL DEFAULT '{}',
    recalled_by    uuid,
    recalled_at    timestamptz,
    CHECK (state <> 'recalled' OR opportunity_id IS NOT NULL)
);
CREATE UNIQUE INDEX conversion_of_lead ON conversion (lead_id) WHERE state <> 'undone';
CREATE UNIQUE INDEX conversion_of_deal ON conversion (opportunity_id)
    WHERE opportunity_id IS NOT NULL;

ALTER TABLE deal
    DROP CONSTRAINT deal_status_check,
    ADD CONSTRAINT deal_status_check CHECK (status IN ('open', 'won', 'lost', 'withdrawn'));

-- Somebody did something about it, as `opportunities` says: such a customer is not withdrawn.
ALTER TABLE customer ADD COLUMN worked_on boolean NOT NULL DEFAULT false;

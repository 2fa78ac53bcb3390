-- Deals and how they moved. The version of its pipeline is part of a deal: versions never change,
-- so an open deal goes on under the rules it began with.

CREATE TABLE deal (
    id uuid PRIMARY KEY,
    -- No foreign keys to customers, contacts and leads: they live elsewhere and may be heard of later.
    customer_id uuid,
    contact_id uuid,
    lead_id uuid,
    product_id uuid,
    amount numeric(18, 2) NOT NULL CHECK (amount >= 0),
    list_value numeric(18, 2) NOT NULL CHECK (list_value >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    source text NOT NULL,
    external_system text,
    external_id text,
    pipeline text NOT NULL,
    pipeline_version int NOT NULL CHECK (pipeline_version > 0),
    stage text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'won', 'lost')),
    probability double precision NOT NULL CHECK (probability BETWEEN 0 AND 1),
    stage_since date NOT NULL,
    owner_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    expected_close_on date,
    next_step text NOT NULL,
    next_step_on date,
    engaged_on date,
    closed_on date,
    reason text NOT NULL,
    competitor text NOT NULL,
    opened_at timestamptz NOT NULL,
    sequence int NOT NULL CHECK (sequence > 0),
    CONSTRAINT deal_closed_when_not_open CHECK ((status = 'open') = (closed_on IS NULL)),
    CONSTRAINT deal_external_whole CHECK ((external_system IS NULL) = (external_id IS NULL))
);

-- Lists begin with the scope: a unit's deals, or a person's own.
CREATE INDEX deal_unit ON deal (unit_id, opened_at DESC, id DESC);
CREATE INDEX deal_owner ON deal (owner_id, opened_at DESC, id DESC);
-- For those who see everything.
CREATE INDEX deal_latest ON deal (opened_at DESC, id DESC);
CREATE INDEX deal_lead ON deal (lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX deal_customer ON deal (customer_id) WHERE customer_id IS NOT NULL;

-- Handlers decide who may give a deal away, so a row may leave its writer's sight.
ALTER TABLE deal ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON deal USING (shangji_sees(unit_id, owner_id)) WITH CHECK (true);

-- Every step of a deal with the reason given for it: words that events do not carry.
CREATE TABLE deal_move (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    deal_id uuid NOT NULL REFERENCES deal,
    kind text NOT NULL CHECK (kind IN ('opened', 'moved', 'won', 'lost', 'recorded')),
    from_stage text NOT NULL,
    to_stage text NOT NULL,
    reason text NOT NULL,
    moved_by uuid,
    moved_at timestamptz NOT NULL
);
CREATE INDEX deal_move_deal ON deal_move (deal_id, moved_at);

ALTER TABLE deal_move ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON deal_move
    USING (EXISTS (SELECT FROM deal WHERE deal.id = deal_id)) WITH CHECK (true);

-- What the last migration run said of a deal. An equal row says nothing new; a second row about the
-- same deal in one run is a duplicate; a deal that has moved or changed hands
-- here since is not overwritten.
CREATE TABLE taken_over (
    opportunity_id uuid PRIMARY KEY REFERENCES deal,
    fingerprint bytea NOT NULL,
    run_id uuid NOT NULL,
    row_number int NOT NULL,
    sequence int NOT NULL,
    owner_id uuid NOT NULL
) WITH (fillfactor = 80);

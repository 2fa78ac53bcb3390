-- 报备 and 撞单: who has registered what, and deals that meet those of others.

CREATE TABLE registration (
    id uuid PRIMARY KEY,
    customer_id uuid,
    company_name text NOT NULL,
    -- As people mean it, so that the same company is recognised before it is a customer.
    company_core text NOT NULL,
    project text NOT NULL,
    product_line text NOT NULL,
    owner_id uuid NOT NULL REFERENCES person,
    unit_id uuid NOT NULL REFERENCES unit,
    state text NOT NULL CHECK (state IN
        ('contested', 'protected', 'refused', 'expired', 'converted', 'overruled')),
    -- Whom it meets: kind and id, for whoever decides.
    conflicts jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(conflicts) = 'array'),
    protected_until timestamptz,
    extensions int NOT NULL DEFAULT 0,
    opportunity_id uuid,
    decided_by uuid,
    decision text NOT NULL DEFAULT '',
    registered_at timestamptz NOT NULL,
    sequence int NOT NULL
);
CREATE INDEX registration_list ON registration (registered_at DESC, id DESC);
CREATE INDEX registration_of_unit ON registration (unit_id, registered_at DESC, id DESC);
CREATE INDEX registration_of_person ON registration (owner_id, registered_at DESC, id DESC);
CREATE INDEX registration_of_company ON registration (company_core) WHERE state IN ('protected', 'contested');
CREATE INDEX registration_ends ON registration (protected_until) WHERE state = 'protected';
ALTER TABLE registration ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON registration USING (shangji_sees(unit_id, owner_id)) WITH CHECK (true);

CREATE TABLE collision (
    id uuid PRIMARY KEY,
    deal_id uuid NOT NULL REFERENCES deal,
    other_kind text NOT NULL CHECK (other_kind IN ('opportunity', 'registration')),
    other_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    product_line text NOT NULL,
    region text NOT NULL,
    industry text NOT NULL,
    -- Who has the deal, and who has what it meets: both may read of it, each their own side.
    owner_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    other_owner_id uuid NOT NULL,
    other_unit_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'ruled', 'appealed')),
    outcome text CHECK (outcome IN ('newcomer', 'incumbent', 'both')),
    reason text NOT NULL DEFAULT '',
    -- Nobody where a rule decided.
    ruled_by uuid,
    ruled_at timestamptz,
    appeal text NOT NULL DEFAULT '',
    appealed_by uuid,
    opened_at timestamptz NOT NULL,
    sequence int NOT NULL,
    UNIQUE (deal_id, other_id)
);
CREATE INDEX collision_list ON collision (opened_at DESC, id DESC);
CREATE INDEX collision_other ON collision (other_id);
CREATE INDEX collision_ruled ON collision (product_line, ruled_at DESC) WHERE state = 'ruled';
ALTER TABLE collision ENABLE ROW LEVEL SECURITY;
CREATE POLICY sides ON collision
    USING (shangji_sees(unit_id, owner_id) OR shangji_sees(other_unit_id, other_owner_id))
    WITH CHECK (true);

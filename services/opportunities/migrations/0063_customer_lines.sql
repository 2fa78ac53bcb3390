-- Who answers for one product line with a customer, beside whoever owns the customer: a row for each line that
-- somebody was ever given.
CREATE TABLE customer_line (
    -- Derived from the two, so that two writers of a new one meet in the primary key.
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    product_line text NOT NULL CHECK (product_line <> ''),
    owner_id uuid REFERENCES person,
    unit_id uuid NOT NULL REFERENCES unit,
    since timestamptz NOT NULL,
    sequence int NOT NULL CHECK (sequence > 0),
    UNIQUE (customer_id, product_line)
);
CREATE INDEX customer_line_of_owner ON customer_line (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX customer_line_list ON customer_line (since DESC, id DESC);

-- Whoever sees the customer sees who answers for its lines.
ALTER TABLE customer_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON customer_line USING (shangji_sees(unit_id, owner_id)) WITH CHECK (true);
CREATE POLICY of_customer ON customer_line
    USING (EXISTS (SELECT FROM ownership
                    WHERE ownership.subject_kind = 'customer'
                      AND ownership.subject_id = customer_line.customer_id))
    WITH CHECK (true);

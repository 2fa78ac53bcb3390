-- Who answers for a product line with a customer, as `opportunities` says: they see the customer, too.
CREATE TABLE customer_line (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    owner_id    uuid NOT NULL,
    unit_id     uuid NOT NULL
);
CREATE INDEX customer_line_of_customer ON customer_line (customer_id);
CREATE INDEX customer_line_of_owner ON customer_line (owner_id);
CREATE INDEX customer_line_of_unit ON customer_line (unit_id);

ALTER TABLE customer_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON customer_line USING (shangji_sees(unit_id, owner_id));
CREATE POLICY line ON customer
    FOR SELECT
    USING (EXISTS (SELECT FROM customer_line WHERE customer_line.customer_id = customer.id));

-- A lead or a customer may turn out to be another. Its row stays as it was, so that it can be one of
-- its own again; `merged_into` is where it redirects to until then.
ALTER TABLE lead DROP CONSTRAINT lead_state_check;
ALTER TABLE lead ADD CONSTRAINT lead_state_check
    CHECK (state IN ('open', 'qualified', 'converted', 'disqualified', 'closed', 'merged'));
ALTER TABLE lead ADD COLUMN merged_into uuid;
ALTER TABLE lead ADD CONSTRAINT lead_merged_check CHECK (merged_into IS NULL OR state = 'merged');
ALTER TABLE customer ADD COLUMN merged_into uuid;
CREATE INDEX lead_merged_into ON lead (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX customer_merged_into ON customer (merged_into) WHERE merged_into IS NOT NULL;

-- What a merge did, so that it can be undone after further edits: what was taken over is given back
-- where it still stands, and keys that were the other's lead to it again.
CREATE TABLE merge (
    id           uuid        PRIMARY KEY,
    subject_kind text        NOT NULL CHECK (subject_kind IN ('lead', 'customer')),
    survivor_id  uuid        NOT NULL,
    merged_id    uuid        NOT NULL,
    state_before text        NOT NULL,
    -- By field: what the survivor said before, and since.
    taken        jsonb       NOT NULL CHECK (jsonb_typeof(taken) = 'object'),
    keys         jsonb       NOT NULL CHECK (jsonb_typeof(keys) = 'array'),
    merged_by    uuid,
    merged_at    timestamptz NOT NULL,
    undone_at    timestamptz,
    CHECK (survivor_id <> merged_id)
);

CREATE UNIQUE INDEX merge_in_force ON merge (subject_kind, merged_id) WHERE undone_at IS NULL;
CREATE INDEX merge_of_survivor ON merge (subject_kind, survivor_id, merged_at DESC);

-- Whatever may be merged or have a duplicate, side by side. Read by the caller's own rights.
CREATE VIEW party WITH (security_invoker = true) AS
SELECT 'lead' AS kind, id, name, phone, mail, company_name, credit_code, region, state,
       unit_id, owner_id, captured_at AS known_since
  FROM lead
 UNION ALL
SELECT 'customer', id, '', NULL, '', name, credit_code, region,
       CASE WHEN merged_into IS NULL THEN 'customer' ELSE 'merged' END,
       unit_id, owner_id, registered_at
  FROM customer
 UNION ALL
SELECT 'contact', contact.id, contact.name, contact.phone, contact.mail, customer.name, '',
       customer.region, 'contact', contact.unit_id, contact.owner_id, contact.added_at
  FROM contact
  JOIN customer ON customer.id = contact.customer_id;

-- A contact keeps what an enterprise wants to know of it beside name and number (custom fields), may turn out
-- to be another contact, and is withdrawn with the conversion that made it; so is a customer.
ALTER TABLE contact
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    ADD COLUMN merged_into uuid,
    ADD COLUMN withdrawn_at timestamptz;
CREATE INDEX contact_merged_into ON contact (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE customer ADD COLUMN withdrawn_at timestamptz;

ALTER TABLE merge
    DROP CONSTRAINT merge_subject_kind_check,
    ADD CONSTRAINT merge_subject_kind_check CHECK (subject_kind IN ('lead', 'customer', 'contact'));

-- Whatever may be merged or have a duplicate, side by side: what is withdrawn is neither.
CREATE OR REPLACE VIEW party WITH (security_invoker = true) AS
SELECT 'lead' AS kind, id, sealed, company_name, credit_code, region, state,
       unit_id, owner_id, captured_at AS known_since
  FROM lead
 UNION ALL
SELECT 'customer', id, NULL, name, credit_code, region,
       CASE WHEN merged_into IS NULL THEN 'customer' ELSE 'merged' END,
       unit_id, owner_id, registered_at
  FROM customer
 WHERE withdrawn_at IS NULL
 UNION ALL
SELECT 'contact', contact.id, contact.sealed, customer.name, '', customer.region,
       CASE WHEN contact.merged_into IS NULL THEN 'contact' ELSE 'merged' END,
       contact.unit_id, contact.owner_id, contact.added_at
  FROM contact
  JOIN customer ON customer.id = contact.customer_id
 WHERE contact.withdrawn_at IS NULL;

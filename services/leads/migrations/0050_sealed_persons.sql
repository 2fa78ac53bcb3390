-- Persons are sealed with a key that the database never sees: name, phone, mail, address, notes and what
-- else tells who somebody is stand in one sealed text per record, and are found by keyed hashes. SQL has no
-- key, so rows that were there before are sealed by the service when it starts, before it serves anybody
-- (handlers/sealing.py); until then their columns hold what they held. The columns themselves can go with a
-- later release, once no process of the one before runs.

ALTER TABLE lead
    ADD COLUMN sealed   bytea,
    -- Rules and learning ask whether there is an address, not which.
    ADD COLUMN has_mail boolean NOT NULL DEFAULT false,
    -- The person was erased: the record stays, for sums and for what hangs on it.
    ADD COLUMN erased_at timestamptz,
    ALTER COLUMN name DROP NOT NULL,
    ALTER COLUMN mail DROP NOT NULL,
    ALTER COLUMN address DROP NOT NULL,
    ALTER COLUMN address DROP DEFAULT,
    ALTER COLUMN notes DROP NOT NULL,
    ALTER COLUMN bant DROP NOT NULL,
    DROP CONSTRAINT lead_check;
CREATE INDEX lead_unsealed ON lead (id) WHERE sealed IS NULL;

ALTER TABLE contact
    ADD COLUMN sealed     bytea,
    ADD COLUMN phone_mark text,
    ADD COLUMN mail_mark  text,
    ADD COLUMN erased_at  timestamptz,
    ALTER COLUMN name DROP NOT NULL,
    ALTER COLUMN mail DROP NOT NULL,
    ALTER COLUMN address DROP NOT NULL,
    ALTER COLUMN address DROP DEFAULT,
    ALTER COLUMN notes DROP NOT NULL,
    DROP CONSTRAINT contact_check;
CREATE INDEX contact_unsealed ON contact (id) WHERE sealed IS NULL;
CREATE INDEX contact_of_phone ON contact (phone_mark) WHERE phone_mark IS NOT NULL;
CREATE INDEX contact_of_mail ON contact (mail_mark) WHERE mail_mark IS NOT NULL;
CREATE INDEX contact_of_lead ON contact (lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX lead_of_contact ON lead (contact_id) WHERE contact_id IS NOT NULL;

-- What leads go by is kept as keyed hashes; the sender's own id is no person's and stays readable.
CREATE INDEX lead_identity_unmarked ON lead_identity (kind, value)
    WHERE kind <> 'external' AND (strpos(value, '@') > 0 OR strpos(value, '+') > 0);

ALTER TABLE lead_evidence
    ADD COLUMN sealed bytea,
    ALTER COLUMN claim DROP NOT NULL,
    ALTER COLUMN said_by DROP NOT NULL;
CREATE INDEX lead_evidence_unsealed ON lead_evidence (id) WHERE sealed IS NULL;

ALTER TABLE merge
    ADD COLUMN sealed bytea,
    ALTER COLUMN taken DROP NOT NULL;
CREATE INDEX merge_unsealed ON merge (id) WHERE sealed IS NULL;

-- Bodies are sealed where they stand; those of before are not yet.
ALTER TABLE submission ADD COLUMN is_sealed boolean NOT NULL DEFAULT false;
ALTER TABLE submission
    ALTER COLUMN is_sealed SET DEFAULT true,
    ADD COLUMN erased_at timestamptz;
CREATE INDEX submission_unsealed ON submission (id) WHERE NOT is_sealed;
CREATE INDEX submission_of_lead ON submission (lead_id) WHERE lead_id IS NOT NULL;

-- Nothing unsealed comes in any more. What is there already is not looked at: it is sealed in a moment.
ALTER TABLE lead ADD CONSTRAINT lead_is_sealed CHECK (sealed IS NOT NULL) NOT VALID;
ALTER TABLE contact ADD CONSTRAINT contact_is_sealed CHECK (sealed IS NOT NULL) NOT VALID;
ALTER TABLE lead_evidence ADD CONSTRAINT lead_evidence_is_sealed CHECK (sealed IS NOT NULL) NOT VALID;
ALTER TABLE merge ADD CONSTRAINT merge_is_sealed CHECK (sealed IS NOT NULL) NOT VALID;
ALTER TABLE lead_identity ADD CONSTRAINT lead_identity_is_marked
    CHECK (kind = 'external' OR value ~ '^[0-9a-f]{32}$') NOT VALID;

-- Words are numbers that cannot be guessed without the key: what was counted by others is counted anew, from
-- the first event of the feed, behind everything else.
TRUNCATE duplicate_profile, duplicate_term;
UPDATE duplicate_progress SET position = 0, records = 0;

DROP VIEW party;
CREATE VIEW party WITH (security_invoker = true) AS
SELECT 'lead' AS kind, id, sealed, company_name, credit_code, region, state,
       unit_id, owner_id, captured_at AS known_since
  FROM lead
 UNION ALL
SELECT 'customer', id, NULL, name, credit_code, region,
       CASE WHEN merged_into IS NULL THEN 'customer' ELSE 'merged' END,
       unit_id, owner_id, registered_at
  FROM customer
 UNION ALL
SELECT 'contact', contact.id, contact.sealed, customer.name, '', customer.region, 'contact',
       contact.unit_id, contact.owner_id, contact.added_at
  FROM contact
  JOIN customer ON customer.id = contact.customer_id;

CREATE OR REPLACE VIEW lead_known WITH (security_invoker = true) AS
SELECT id, unit_id, owner_id, state, outcome, captured_at,
       CASE WHEN outcome = 'won' THEN true
            WHEN outcome = 'converted' AND opportunity_id IS NULL THEN true
            WHEN state = 'converted' AND outcome IS NULL AND opportunity_id IS NULL THEN true
            WHEN outcome IN ('lost', 'not_converted') OR state = 'disqualified' THEN false
       END AS won,
       jsonb_build_object(
           'channel', channel, 'source', source, 'origin', origin, 'campaign', campaign,
           'region', region, 'industry', industry,
           'has_company', company_key <> '', 'has_mail', has_mail,
           'has_phone', phone_kind IS NOT NULL, 'has_mobile', phone_kind IS NOT DISTINCT FROM 'mobile',
           'do_not_email', do_not_email, 'do_not_call', do_not_call)
       || coalesce((SELECT jsonb_object_agg('attributes.' || key, value) FROM jsonb_each(attributes)), '{}')
       AS known
  FROM lead;

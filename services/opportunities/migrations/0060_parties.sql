-- Who else a deal is with, besides its customer, who is the end customer: organisations, or people for whom
-- `leads` answers, and the legal entity of ours that signs. No foreign keys, as for the customer.
ALTER TABLE deal
    ADD COLUMN buyer_id uuid,
    ADD COLUMN dealer_id uuid,
    ADD COLUMN payer_id uuid,
    ADD COLUMN signed_by_id uuid;
CREATE INDEX deal_dealer ON deal (dealer_id, opened_at DESC, id DESC) WHERE dealer_id IS NOT NULL;

-- 统一社会信用代码 of a legal entity of ours; contracts name it.
ALTER TABLE unit ADD COLUMN credit_code text NOT NULL DEFAULT '';

ALTER TABLE customer_copy
    ADD COLUMN is_dealer boolean NOT NULL DEFAULT false,
    ADD COLUMN parent_id uuid,
    -- The conversion that made it was undone: no new deal begins with it.
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false;
CREATE INDEX customer_copy_parent ON customer_copy (parent_id) WHERE parent_id IS NOT NULL;

ALTER TABLE contact_copy
    ADD COLUMN merged_into uuid,
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false;

-- People may speak for several organisations; the one that `contact_copy` names is one of them.
CREATE TABLE contact_link (
    contact_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    PRIMARY KEY (contact_id, customer_id)
);
CREATE INDEX contact_link_of_customer ON contact_link (customer_id);
INSERT INTO contact_link (contact_id, customer_id)
SELECT id, customer_id
  FROM contact_copy;

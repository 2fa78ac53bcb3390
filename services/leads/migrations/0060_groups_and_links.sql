-- An organisation may stand below another of its group, at any depth. No foreign key: a file may name a
-- parent that comes later. That nobody stands below itself is decided under one lock; no constraint can say it.
ALTER TABLE customer
    ADD COLUMN parent_id uuid,
    -- 经销商: a deal may name it as its dealer.
    ADD COLUMN is_dealer boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT customer_parent_check CHECK (parent_id <> id);
CREATE INDEX customer_of_parent ON customer (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX customer_dealers ON customer (registered_at DESC, id DESC) WHERE is_dealer;

-- Where it stood before, and why it moved.
CREATE TABLE customer_move (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id uuid        NOT NULL,
    parent_id   uuid,
    why         text        NOT NULL,
    moved_by    uuid,
    moved_at    timestamptz NOT NULL
);
CREATE INDEX customer_move_of_customer ON customer_move (customer_id, id DESC);

-- A person may speak for several organisations, in another role for each. `contact.customer_id` is the one
-- whose unit and owner the contact has; all of them, that one too, are here.
CREATE TABLE contact_link (
    contact_id  uuid        NOT NULL REFERENCES contact (id),
    customer_id uuid        NOT NULL REFERENCES customer (id),
    role        text        NOT NULL,
    -- Those of the customer.
    unit_id     uuid        NOT NULL,
    owner_id    uuid,
    linked_at   timestamptz NOT NULL,
    PRIMARY KEY (contact_id, customer_id)
);
CREATE INDEX contact_link_of_customer ON contact_link (customer_id);
CREATE INDEX contact_link_of_unit ON contact_link (unit_id);
CREATE INDEX contact_link_of_owner ON contact_link (owner_id) WHERE owner_id IS NOT NULL;

INSERT INTO contact_link (contact_id, customer_id, role, unit_id, owner_id, linked_at)
SELECT id, customer_id, '', unit_id, owner_id, added_at
  FROM contact;

-- Whoever may see one of the organisations may see who speaks for it.
ALTER TABLE contact_link ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON contact_link USING (shangji_sees(unit_id, owner_id));
CREATE POLICY serving ON contact
    USING (EXISTS (SELECT FROM contact_link WHERE contact_link.contact_id = contact.id));

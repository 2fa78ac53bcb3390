-- Who came to us, and what became of them. Names, phones, mail addresses and notes are kept here and
-- nowhere else in the system.

-- What a sender sent, byte for byte, before anybody judged it.
CREATE TABLE submission (
    id           uuid        PRIMARY KEY,
    -- In quarantine until it is part of a lead.
    state        text        NOT NULL CHECK (state IN ('quarantined', 'accepted')),
    body         bytea       NOT NULL,
    content_type text        NOT NULL,
    -- The body that took its place after it was mended; what came first is never touched.
    mended       bytea,
    problem      jsonb       CHECK (jsonb_typeof(problem) = 'object'),
    lead_id      uuid,
    -- Nobody we know, when a public form sent it.
    received_by  uuid,
    unit_id      uuid        NOT NULL,
    received_at  timestamptz NOT NULL,
    CHECK (state <> 'accepted' OR lead_id IS NOT NULL)
);

CREATE INDEX submission_list ON submission (received_at DESC, id DESC);
CREATE INDEX submission_quarantine ON submission (received_at DESC, id DESC)
    WHERE state = 'quarantined';

CREATE TABLE lead (
    id               uuid             PRIMARY KEY,
    sequence         int              NOT NULL CHECK (sequence > 0),
    state            text             NOT NULL CHECK (state IN ('open', 'qualified', 'converted', 'disqualified', 'closed')),
    channel          text             NOT NULL,
    source           text             NOT NULL,
    origin           text             NOT NULL,
    campaign         text             NOT NULL,
    company_name     text             NOT NULL,
    company_key      text             NOT NULL,
    region           text             NOT NULL,
    industry         text             NOT NULL,
    product_id       uuid,
    do_not_email     boolean          NOT NULL,
    do_not_call      boolean          NOT NULL,
    external_system  text,
    external_id      text,
    name             text             NOT NULL,
    phone            text,
    phone_kind       text             CHECK (phone_kind IN ('mobile', 'landline', 'shared')),
    mail             text             NOT NULL,
    notes            text             NOT NULL,
    attributes       jsonb            NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
    -- Follow ownership.* events; until then the unit is the channel's, or the enterprise.
    unit_id          uuid             NOT NULL,
    owner_id         uuid,
    pool_id          uuid,
    history          boolean          NOT NULL,
    captured_at      timestamptz      NOT NULL,
    touched_at       timestamptz      NOT NULL,
    touches          int              NOT NULL CHECK (touches > 0),
    score            double precision NOT NULL,
    grade            text             NOT NULL CHECK (grade IN ('A', 'B', 'C')),
    rules_version    int              NOT NULL,
    score_due_at     timestamptz,
    bant             jsonb            NOT NULL CHECK (jsonb_typeof(bant) = 'object'),
    bant_grade       text             CHECK (bant_grade IN ('A', 'B', 'C')),
    disqualified_for text             NOT NULL,
    outcome          text             CHECK (outcome IN ('converted', 'not_converted', 'won', 'lost')),
    customer_id      uuid,
    contact_id       uuid,
    opportunity_id   uuid,
    CHECK ((phone IS NULL) = (phone_kind IS NULL)),
    CHECK ((external_system IS NULL) = (external_id IS NULL)),
    CHECK (state <> 'converted' OR customer_id IS NOT NULL)
);

-- Lists show the newest first: of a few units, of one owner, or of nearly everybody.
CREATE INDEX lead_of_unit ON lead (unit_id, captured_at DESC, id DESC);
CREATE INDEX lead_of_owner ON lead (owner_id, captured_at DESC, id DESC) WHERE owner_id IS NOT NULL;
CREATE INDEX lead_list ON lead (captured_at DESC, id DESC);
CREATE INDEX lead_score_due ON lead (score_due_at) WHERE score_due_at IS NOT NULL;
CREATE INDEX lead_of_opportunity ON lead (opportunity_id) WHERE opportunity_id IS NOT NULL;

-- What a lead goes by. The primary key is what makes two equal leads at the same moment one.
CREATE TABLE lead_identity (
    kind    text  NOT NULL CHECK (kind IN ('external', 'phone', 'mail')),
    value   text  NOT NULL CHECK (value <> ''),
    -- Checked at the end: the key is claimed before it is known whether the lead will be a new one.
    lead_id uuid  NOT NULL REFERENCES lead (id) DEFERRABLE INITIALLY DEFERRED,
    -- Of an imported record: a hash of its row, so that an unchanged row is passed over.
    row_hash bytea,
    PRIMARY KEY (kind, value)
);

CREATE INDEX lead_identity_of_lead ON lead_identity (lead_id);

-- Every score a lead ever had, and why.
CREATE TABLE lead_score (
    id            bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id       uuid             NOT NULL,
    score         double precision NOT NULL,
    grade         text             NOT NULL,
    reasons       jsonb            NOT NULL CHECK (jsonb_typeof(reasons) = 'array'),
    rules_version int              NOT NULL,
    scored_at     timestamptz      NOT NULL
);

CREATE INDEX lead_score_of_lead ON lead_score (lead_id, id DESC);

CREATE TABLE customer (
    id              uuid        PRIMARY KEY,
    sequence        int         NOT NULL CHECK (sequence > 0),
    name            text        NOT NULL CHECK (name <> ''),
    company_key     text        NOT NULL,
    industry        text        NOT NULL,
    region          text        NOT NULL,
    level           text        NOT NULL,
    parent_name     text        NOT NULL,
    external_system text,
    external_id     text,
    attributes      jsonb       NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
    row_hash        bytea,
    lead_id         uuid,
    unit_id         uuid        NOT NULL,
    owner_id        uuid,
    registered_at   timestamptz NOT NULL,
    CHECK ((external_system IS NULL) = (external_id IS NULL))
);

CREATE INDEX customer_of_unit ON customer (unit_id, registered_at DESC, id DESC);
CREATE INDEX customer_of_owner ON customer (owner_id, registered_at DESC, id DESC)
    WHERE owner_id IS NOT NULL;
CREATE INDEX customer_list ON customer (registered_at DESC, id DESC);

-- The customer that a company name leads to: the first that bore it. Imported records may share a name.
CREATE TABLE customer_name (
    company_key text PRIMARY KEY CHECK (company_key <> ''),
    customer_id uuid NOT NULL REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE contact (
    id          uuid        PRIMARY KEY,
    sequence    int         NOT NULL CHECK (sequence > 0),
    customer_id uuid        NOT NULL REFERENCES customer (id),
    lead_id     uuid,
    name        text        NOT NULL,
    phone       text,
    phone_kind  text        CHECK (phone_kind IN ('mobile', 'landline', 'shared')),
    mail        text        NOT NULL,
    notes       text        NOT NULL,
    -- Those of the customer.
    unit_id     uuid        NOT NULL,
    owner_id    uuid,
    added_at    timestamptz NOT NULL,
    CHECK ((phone IS NULL) = (phone_kind IS NULL))
);

CREATE INDEX contact_of_customer ON contact (customer_id, added_at DESC, id DESC);
CREATE INDEX contact_of_unit ON contact (unit_id, added_at DESC, id DESC);
CREATE INDEX contact_of_owner ON contact (owner_id, added_at DESC, id DESC)
    WHERE owner_id IS NOT NULL;

-- Whose a subject is, as last heard. The row is made together with the subject, or by an event that
-- came before it: whoever is second waits for the first and sees what it said.
CREATE TABLE holding (
    subject_kind text NOT NULL CHECK (subject_kind IN ('lead', 'customer')),
    subject_id   uuid NOT NULL,
    unit_id      uuid NOT NULL,
    owner_id     uuid,
    pool_id      uuid,
    PRIMARY KEY (subject_kind, subject_id)
);

-- Deals that came of leads, as last heard; a deal's end may be heard of before its lead is.
CREATE TABLE deal (
    opportunity_id uuid PRIMARY KEY,
    lead_id        uuid,
    status         text NOT NULL CHECK (status IN ('open', 'won', 'lost'))
);

CREATE INDEX deal_of_lead ON deal (lead_id) WHERE lead_id IS NOT NULL;

-- The wall behind the queries, which name the scope themselves.
ALTER TABLE submission ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON submission USING (shangji_sees(unit_id, received_by));
CREATE POLICY scope ON lead USING (shangji_sees(unit_id, owner_id));
CREATE POLICY scope ON customer USING (shangji_sees(unit_id, owner_id));
CREATE POLICY scope ON contact USING (shangji_sees(unit_id, owner_id));

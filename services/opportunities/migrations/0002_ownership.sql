-- Who has it: own copies of what others own, the one ownership of each subject, and why it came so.

CREATE TABLE lead_copy (
    id uuid PRIMARY KEY,
    channel text NOT NULL,
    source text NOT NULL,
    origin text NOT NULL,
    campaign text NOT NULL,
    company_name text NOT NULL,
    -- The company's name without its legal form, for recognising an existing customer.
    company_core text NOT NULL,
    region text NOT NULL,
    industry text NOT NULL,
    product_id uuid,
    external_system text,
    external_id text,
    unit_id uuid,
    assign_on text NOT NULL,
    wanted_owner_id uuid,
    score double precision NOT NULL DEFAULT 0,
    grade text NOT NULL DEFAULT 'C',
    qualified boolean NOT NULL DEFAULT false,
    open boolean NOT NULL DEFAULT true,
    customer_id uuid,
    history boolean NOT NULL,
    captured_at timestamptz NOT NULL
);

CREATE TABLE customer_copy (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    company_core text NOT NULL,
    industry text NOT NULL,
    region text NOT NULL,
    level text NOT NULL,
    external_system text,
    external_id text,
    lead_id uuid,
    history boolean NOT NULL,
    registered_at timestamptz NOT NULL
);
CREATE INDEX customer_copy_core ON customer_copy (company_core) WHERE company_core <> '';
CREATE INDEX customer_copy_external ON customer_copy (external_system, external_id)
    WHERE external_id IS NOT NULL;

CREATE TABLE contact_copy (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    lead_id uuid
);
CREATE INDEX contact_copy_of_customer ON contact_copy (customer_id);

-- A place where leads wait for somebody to claim them; members of its unit, and of those below, may.
CREATE TABLE pool (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    unit_id uuid NOT NULL REFERENCES unit
);
CREATE UNIQUE INDEX pool_name_key ON pool (name);

CREATE TABLE ownership (
    -- Derived from the subject, so that two writers of a new one meet in the primary key.
    id uuid PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('lead', 'customer', 'opportunity')),
    subject_id uuid NOT NULL,
    unit_id uuid NOT NULL REFERENCES unit,
    owner_id uuid REFERENCES person,
    pool_id uuid REFERENCES pool,
    previous_owner_id uuid,
    -- How it came to this; for the unassigned, all the reasons a program can read.
    reasons text[] NOT NULL,
    respond_by timestamptz,
    since timestamptz NOT NULL,
    -- Whether the subject still asks for work; closed ones count towards no cap.
    open boolean NOT NULL DEFAULT true,
    history boolean NOT NULL DEFAULT false,
    sequence int NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (subject_kind, subject_id),
    CHECK (owner_id IS NULL OR pool_id IS NULL),
    CHECK (pool_id IS NULL OR subject_kind <> 'opportunity')
);
CREATE INDEX ownership_of_unit ON ownership (unit_id, created_at DESC, id DESC);
CREATE INDEX ownership_of_person ON ownership (owner_id, created_at DESC, id DESC)
    WHERE owner_id IS NOT NULL;
CREATE INDEX ownership_held ON ownership (owner_id) WHERE subject_kind = 'lead' AND open;
CREATE INDEX ownership_pooled ON ownership (pool_id, since DESC, id DESC)
    WHERE pool_id IS NOT NULL AND open;
CREATE INDEX ownership_unassigned ON ownership (unit_id, created_at DESC, id DESC)
    WHERE owner_id IS NULL AND pool_id IS NULL AND open;

-- Behind the scope in every query. Whoever may claim from a pool may see what waits there.
ALTER TABLE ownership ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON ownership USING (shangji_sees(unit_id, owner_id));
CREATE POLICY pooled ON ownership USING (pool_id IS NOT NULL);

-- How many leads each person was given or took on a day of the enterprise's calendar. Giving one
-- back does not make room, so that nobody can look through a pool by claiming and returning.
CREATE TABLE intake (
    person_id uuid NOT NULL REFERENCES person,
    day date NOT NULL,
    taken int NOT NULL,
    PRIMARY KEY (person_id, day)
);

-- What each candidate of a rule's team is still owed, in thousandths of a weight; the row is also
-- the lock under which the rule's next choice is made.
CREATE TABLE rotation (
    key text PRIMARY KEY,
    deficits jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(deficits) = 'object')
);

-- Why it went to whom: everything the choice depended on, so that it can be made again.
CREATE TABLE receipt (
    id uuid PRIMARY KEY,
    ownership_id uuid NOT NULL REFERENCES ownership,
    rules_version int NOT NULL,
    owner_id uuid,
    -- Written often, read whole and seldom: kept as the text it is.
    body json NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX receipt_of_ownership ON receipt (ownership_id, decided_at DESC, id DESC);
ALTER TABLE receipt ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_visible_ownership ON receipt USING (
    shangji_sees(NULL, NULL)
    OR EXISTS (SELECT 1 FROM ownership WHERE ownership.id = receipt.ownership_id)
);

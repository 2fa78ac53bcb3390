-- The directory: who belongs where, what is sold, and who may sign in. Everybody else keeps copies.

CREATE TABLE unit (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL CHECK (kind IN ('enterprise', 'legal_entity', 'region', 'team', 'dealer')),
    -- The enterprise itself is the only unit without a parent.
    parent_id uuid REFERENCES unit DEFERRABLE INITIALLY DEFERRED,
    lead_person_id uuid,
    regions text[] NOT NULL DEFAULT '{}',
    active boolean NOT NULL DEFAULT true,
    external_system text,
    external_id text,
    sequence int NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((parent_id IS NULL) = (kind = 'enterprise')),
    CHECK ((external_system IS NULL) = (external_id IS NULL))
);
CREATE UNIQUE INDEX unit_root_key ON unit (kind) WHERE kind = 'enterprise';
CREATE UNIQUE INDEX unit_name_key ON unit (parent_id, name);
CREATE INDEX unit_list ON unit (created_at DESC, id DESC);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    username text NOT NULL CHECK (username ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    name text NOT NULL CHECK (name <> ''),
    email text NOT NULL DEFAULT '',
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    unit_id uuid NOT NULL REFERENCES unit DEFERRABLE INITIALLY DEFERRED,
    roles text[] NOT NULL,
    industries text[] NOT NULL DEFAULT '{}',
    skills text[] NOT NULL DEFAULT '{}',
    weight numeric(8, 3) NOT NULL DEFAULT 1 CHECK (weight >= 0),
    daily_cap int CHECK (daily_cap >= 0),
    open_cap int CHECK (open_cap >= 0),
    active boolean NOT NULL DEFAULT true,
    external_system text,
    external_id text,
    sequence int NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((external_system IS NULL) = (external_id IS NULL))
);
CREATE UNIQUE INDEX person_username_key ON person (username);
CREATE INDEX person_of_unit ON person (unit_id, created_at DESC, id DESC);

-- Two people may name each other's rows within one transaction: the leader of a new unit.
ALTER TABLE unit ADD CONSTRAINT unit_lead_person_fkey
    FOREIGN KEY (lead_person_id) REFERENCES person DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE product (
    id uuid PRIMARY KEY,
    code text NOT NULL CHECK (code <> ''),
    name text NOT NULL CHECK (name <> ''),
    series text NOT NULL DEFAULT '',
    list_price numeric(18, 2) NOT NULL CHECK (list_price >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    active boolean NOT NULL DEFAULT true,
    external_system text,
    external_id text,
    sequence int NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((external_system IS NULL) = (external_id IS NULL))
);
CREATE UNIQUE INDEX product_code_key ON product (code);
CREATE INDEX product_list ON product (created_at DESC, id DESC);

-- Programs that may call. The key itself is shown once and kept nowhere; its version revokes older ones.
CREATE TABLE client (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    unit_id uuid NOT NULL REFERENCES unit,
    roles text[] NOT NULL,
    key_version int NOT NULL CHECK (key_version > 0),
    active boolean NOT NULL DEFAULT true,
    sequence int NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX client_name_key ON client (name);
CREATE INDEX client_list ON client (created_at DESC, id DESC);

-- Passwords of local accounts; people who sign in through an identity provider have no row.
CREATE TABLE credential (
    person_id uuid PRIMARY KEY REFERENCES person,
    password_hash text NOT NULL,
    set_at timestamptz NOT NULL
);

-- Failed sign-ins by digest of the name that was tried, whether or not anybody bears it: what is kept
-- and how long it locks must not tell which names exist.
CREATE TABLE sign_in_failure (
    name_digest bytea PRIMARY KEY,
    failures int NOT NULL,
    failed_at timestamptz NOT NULL,
    locked_until timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_age ON sign_in_failure (failed_at);

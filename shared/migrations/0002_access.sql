-- Every service keeps its own copy of the directory: who may sign in, with which roles, and which
-- units lie below which. It is fed by directory.* events and asked on every request.

CREATE TABLE access_unit (
    unit_id   uuid    PRIMARY KEY,
    name      text    NOT NULL,
    kind      text    NOT NULL,
    -- No foreign key: a parent may be heard of after its children.
    parent_id uuid,
    active    boolean NOT NULL
);

CREATE INDEX access_unit_parent ON access_unit (parent_id);

-- All pairs (unit, ancestor), each unit being an ancestor of itself: a scope is one index range.
CREATE TABLE access_closure (
    ancestor uuid NOT NULL,
    unit     uuid NOT NULL,
    PRIMARY KEY (ancestor, unit)
);

CREATE INDEX access_closure_unit ON access_closure (unit);

CREATE TABLE access_person (
    person_id uuid    PRIMARY KEY,
    username  text    NOT NULL,
    name      text    NOT NULL,
    email     text    NOT NULL,
    language  text    NOT NULL,
    unit_id   uuid    NOT NULL,
    roles     text[]  NOT NULL,
    active    boolean NOT NULL
);

-- Not unique: a name passes from one person to another, and the events may arrive in either order.
CREATE INDEX access_person_username ON access_person (lower(username)) WHERE active;
CREATE INDEX access_person_unit ON access_person (unit_id);

CREATE TABLE access_client (
    client_id   uuid    PRIMARY KEY,
    name        text    NOT NULL,
    unit_id     uuid    NOT NULL,
    roles       text[]  NOT NULL,
    key_version integer NOT NULL,
    active      boolean NOT NULL
);

-- The wall behind every query: row-level security calls it with a row's unit and owner. Without
-- settings it answers null, which hides the row. Looking for the unit in the text of the setting
-- is many times faster than parsing an array for every row, and a uuid cannot match across a comma.
CREATE FUNCTION shangji_sees(unit uuid, owner uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_setting('shangji.everything', true) = 'on'
    OR strpos(current_setting('shangji.units', true), unit::text) > 0
    OR current_setting('shangji.person', true) = owner::text;

-- Signs the cursors of this service's lists, so that nobody makes up their own. It opens nothing:
-- what a page shows is decided by the caller's scope each time.
CREATE TABLE cursor_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    key      bytea   NOT NULL CHECK (octet_length(key) = 32)
);

INSERT INTO cursor_key (key)
SELECT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');

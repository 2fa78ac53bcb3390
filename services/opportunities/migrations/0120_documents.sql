-- Files that lie with leads, customers and deals. A content is stored once, by its SHA-256, however many
-- documents have it; it goes when the last of them is forgotten.
CREATE TABLE document_content (
    sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    size bigint NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    -- Also when it was last sent again: what no document names is kept for some days from then on.
    stored_at timestamptz NOT NULL
);

CREATE TABLE document_chunk (
    sha256 bytea NOT NULL REFERENCES document_content ON DELETE CASCADE,
    number int NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (sha256, number)
);
-- Most files are compressed already.
ALTER TABLE document_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Where a file of another system lay, as a hash of system and path: names may tell who somebody is.
CREATE TABLE document_place (
    place bytea PRIMARY KEY CHECK (octet_length(place) = 32),
    sha256 bytea NOT NULL REFERENCES document_content ON DELETE CASCADE
);
CREATE INDEX document_place_content ON document_place (sha256);

CREATE TABLE document (
    id uuid PRIMARY KEY,
    -- No foreign key: the subject may be heard of later.
    subject_kind text NOT NULL CHECK (subject_kind IN ('lead', 'customer', 'opportunity')),
    subject_id uuid NOT NULL,
    -- Blank once its person is erased; events never carry it.
    name text NOT NULL CHECK (char_length(name) <= 255),
    unit_id uuid NOT NULL,
    attached_by uuid NOT NULL,
    attached_at timestamptz NOT NULL,
    version int NOT NULL CHECK (version > 0),
    -- The system it was taken over from; nothing when it was attached here.
    system text NOT NULL,
    withdrawn_because text NOT NULL CHECK (withdrawn_because IN ('', 'withdrawn', 'import_undone', 'erased')),
    withdrawn_by uuid,
    withdrawn_at timestamptz,
    reason text NOT NULL,
    sequence int NOT NULL CHECK (sequence > 0),
    CHECK ((withdrawn_because = '') = (withdrawn_at IS NULL))
);
CREATE INDEX document_subject ON document (subject_kind, subject_id, attached_at DESC, id DESC);
CREATE INDEX document_of_system ON document (system) WHERE system <> '';

CREATE TABLE document_version (
    document_id uuid NOT NULL REFERENCES document,
    number int NOT NULL CHECK (number > 0),
    -- Nothing once its person is erased.
    sha256 bytea REFERENCES document_content,
    size bigint NOT NULL,
    media_type text NOT NULL,
    added_by uuid NOT NULL,
    added_at timestamptz NOT NULL,
    -- The import that brought it, and whether that was undone.
    run_id uuid,
    undone boolean NOT NULL,
    PRIMARY KEY (document_id, number)
);
CREATE INDEX document_version_content ON document_version (sha256);

-- Whoever sees the subject, or the customer that goes on for it, sees its documents; nobody else.
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON document
    USING (
        shangji_sees(NULL, NULL)
        OR EXISTS (
            SELECT FROM ownership
             WHERE ownership.subject_kind = document.subject_kind
               AND ownership.subject_id = document.subject_id
        )
        OR subject_kind = 'customer'
           AND (
               shangji_sees('00000000-0000-8000-8000-000000000001', NULL)
               OR EXISTS (
                   SELECT FROM ownership
                    WHERE ownership.subject_kind = 'customer'
                      AND ownership.subject_id = customer_going_on(document.subject_id)
               )
               OR EXISTS (
                   SELECT FROM customer_line
                    WHERE customer_line.customer_id
                          IN (document.subject_id, customer_going_on(document.subject_id))
               )
           )
    ) WITH CHECK (true);

ALTER TABLE document_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON document_version
    USING (EXISTS (SELECT FROM document WHERE document.id = document_id)) WITH CHECK (true);

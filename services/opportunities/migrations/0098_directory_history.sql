-- How units and people were, version by version: moves and merges with their dates.

CREATE TABLE directory_version (
    record_id uuid NOT NULL,
    sequence int NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL CHECK (jsonb_typeof(body) = 'object'),
    defined_by uuid,
    defined_at timestamptz NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (record_id, sequence)
);
CREATE INDEX directory_version_at ON directory_version (kind, record_id, defined_at DESC);

-- Of what was there before nobody kept the earlier versions: the present one stands from its beginning.
INSERT INTO directory_version (record_id, sequence, kind, body, defined_at, why)
SELECT id, sequence, 'unit',
       jsonb_build_object('name', name, 'kind', kind, 'parent_id', parent_id,
                          'lead_person_id', lead_person_id, 'regions', regions, 'active', active,
                          'calendar', calendar),
       created_at, 'as found'
  FROM unit;
INSERT INTO directory_version (record_id, sequence, kind, body, defined_at, why)
SELECT id, sequence, 'person',
       jsonb_build_object('unit_id', unit_id, 'roles', roles, 'industries', industries,
                          'products', products, 'skills', skills, 'languages', languages,
                          'level', level, 'weight', weight, 'daily_cap', daily_cap,
                          'open_cap', open_cap, 'active', active),
       created_at, 'as found'
  FROM person;

-- Merged units lie below the one that goes on for them, closed.
ALTER TABLE unit ADD COLUMN merged_into uuid REFERENCES unit;

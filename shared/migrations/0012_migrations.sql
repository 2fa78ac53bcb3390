-- Units go live one by one: from then on nobody takes in history for them or for what lies below.
ALTER TABLE access_unit ADD COLUMN live_since timestamptz;

-- Files of one migration from another system, named by whoever runs it.
ALTER TABLE import_run ADD COLUMN migration text NOT NULL DEFAULT '';

CREATE INDEX import_run_of_migration ON import_run (migration, created_at DESC, id DESC)
    WHERE migration <> '';

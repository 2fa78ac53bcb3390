-- An import is taken back by a run of its own over the same file: it has a cursor, counts and rejected
-- rows like any other. There is one for each import; a rehearsal does not count, nor one that was refused.

ALTER TABLE import_run
    ADD COLUMN undoes    uuid REFERENCES import_run (id),
    ADD COLUMN withdrawn int  NOT NULL DEFAULT 0,
    ADD COLUMN restored  int  NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX import_run_undone_once ON import_run (undoes)
    WHERE undoes IS NOT NULL AND NOT dry_run AND state <> 'refused';

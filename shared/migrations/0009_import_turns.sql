-- Files take turns: whoever was worked on longest ago is next, so that no file holds up the others.
-- And the error file is written the way the file itself is.

ALTER TABLE import_run
    ADD COLUMN worked_at timestamptz,
    ADD COLUMN delimiter text NOT NULL DEFAULT ',';

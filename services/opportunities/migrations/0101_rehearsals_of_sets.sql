-- Which rule set a rehearsed version is of.
ALTER TABLE rehearsal ADD COLUMN kind text NOT NULL DEFAULT 'routing';
DROP INDEX rehearsal_of_version;
CREATE INDEX rehearsal_of_version ON rehearsal (kind, version, asked_at DESC, id DESC);

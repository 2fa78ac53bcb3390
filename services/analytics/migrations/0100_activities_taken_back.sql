-- What was done is told once more when the import it came with is taken back and comes again.
ALTER TABLE activity
    ADD COLUMN sequence int NOT NULL DEFAULT 1,
    ADD COLUMN believed_until timestamptz,
    DROP CONSTRAINT activity_pkey,
    ADD PRIMARY KEY (activity_id, sequence);

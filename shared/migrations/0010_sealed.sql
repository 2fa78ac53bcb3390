-- What may hold persons is sealed in a service that has a key: files that were sent to be taken in, rows of
-- them that did not fit, and stored answers that show a person. Earlier files are sealed when the service
-- starts; earlier answers are gone after four days.

ALTER TABLE import_chunk ADD COLUMN is_sealed boolean NOT NULL DEFAULT false;
ALTER TABLE import_rejection
    ADD COLUMN sealed bytea,
    ALTER COLUMN cells DROP NOT NULL;
ALTER TABLE import_rejection
    ADD CONSTRAINT import_rejection_has_cells CHECK ((cells IS NULL) <> (sealed IS NULL));
ALTER TABLE idempotency ADD COLUMN is_sealed boolean NOT NULL DEFAULT false;

-- What is left to seal is found at once.
CREATE INDEX import_chunk_unsealed ON import_chunk (import_id, number) WHERE NOT is_sealed;
CREATE INDEX import_rejection_unsealed ON import_rejection (import_id, row) WHERE sealed IS NULL;

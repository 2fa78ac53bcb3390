-- Who a contact is in the system that it came from in a file.
ALTER TABLE contact
    ADD COLUMN external_system text,
    ADD COLUMN external_id     text,
    ADD CHECK ((external_system IS NULL) = (external_id IS NULL));

CREATE INDEX contact_external ON contact (external_system, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX contact_list ON contact (added_at DESC, id DESC);

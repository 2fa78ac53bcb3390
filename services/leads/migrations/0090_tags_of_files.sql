-- The import that put the tag on, so that undoing it takes off what nobody has decided about since.
ALTER TABLE lead_tag ADD COLUMN import_id uuid;

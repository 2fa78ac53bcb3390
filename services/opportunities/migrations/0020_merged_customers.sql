-- A customer that turned out to be another one redirects to it, for as long as they are merged: its deals
-- stay its own and are shown with the other's, so that nothing has to be moved back.
ALTER TABLE customer_copy ADD COLUMN merged_into uuid;
CREATE INDEX customer_copy_merged_into ON customer_copy (merged_into) WHERE merged_into IS NOT NULL;

-- On which rehearsal whoever put the rules in force had looked.
ALTER TABLE configuration ADD COLUMN rehearsal_id uuid;

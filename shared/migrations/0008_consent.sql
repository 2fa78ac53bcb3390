-- Who put a version in force: where the policy `consent` says so, somebody else than its author.
ALTER TABLE configuration ADD COLUMN activated_by uuid;

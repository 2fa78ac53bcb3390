-- From when a unit works here and no longer in the system it came from: its history is closed then.
ALTER TABLE unit ADD COLUMN live_since timestamptz;

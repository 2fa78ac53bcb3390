-- What senders sent is kept for as long as policy says. Then the content goes; what tells that it came, what
-- became of it and that the same was sent before, stays.
ALTER TABLE submission ADD COLUMN emptied_at timestamptz;

CREATE INDEX submission_to_empty ON submission (received_at)
    WHERE emptied_at IS NULL AND state <> 'quarantined';

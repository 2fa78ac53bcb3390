-- A deal goes with the conversion it came of, if that is undone before anything has happened to it. It stays as
-- a row, so that its events are still about something, and is neither shown nor counted.
ALTER TABLE deal
    DROP CONSTRAINT deal_status_check,
    ADD CONSTRAINT deal_status_check CHECK (status IN ('open', 'won', 'lost', 'withdrawn'));
ALTER TABLE deal_move
    DROP CONSTRAINT deal_move_kind_check,
    ADD CONSTRAINT deal_move_kind_check
        CHECK (kind IN ('opened', 'moved', 'won', 'lost', 'recorded', 'withdrawn'));

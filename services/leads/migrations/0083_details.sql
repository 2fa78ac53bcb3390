-- Notices that only name what they are about: the platform is asked for it after the notice is kept. The answer
-- takes the place of what was said in clear, so that it can be read again without asking again.
ALTER TABLE submission
    ADD COLUMN asks_for    text,
    ADD COLUMN ask_at      timestamptz,
    ADD COLUMN ask_attempts int NOT NULL DEFAULT 0;

CREATE INDEX submission_to_ask_for ON submission (ask_at) WHERE ask_at IS NOT NULL;

-- Channels: what each of them keeps beside its versions, which are configuration.

-- What a submission is to its channel. Those of POST /leads have neither hash nor version.
ALTER TABLE submission
    ADD COLUMN channel       text,
    -- Of what was said, in clear: the same submission again is recognised by it.
    ADD COLUMN content_hash  bytea,
    -- What was said, where it came enciphered: later secrets could not open it any more.
    ADD COLUMN opened        bytea,
    -- Of the channel's configuration, as it was read by last.
    ADD COLUMN version       int,
    ADD COLUMN effect        text CHECK (effect IN ('created', 'updated', 'unchanged', 'duplicate')),
    -- A keyed hash of the address of whoever filled in a public form.
    ADD COLUMN visitor       bytea,
    ADD COLUMN discarded_for text,
    DROP CONSTRAINT submission_state_check,
    ADD CONSTRAINT submission_state_check
        CHECK (state IN ('quarantined', 'accepted', 'discarded')),
    ADD CONSTRAINT submission_discarded_check
        CHECK ((state = 'discarded') = (discarded_for IS NOT NULL));

CREATE UNIQUE INDEX submission_once ON submission (channel, content_hash)
    WHERE content_hash IS NOT NULL;
-- Counters, replays and limits of a channel look at a stretch of time.
CREATE INDEX submission_of_channel ON submission (channel, received_at, id)
    WHERE channel IS NOT NULL;

-- Secrets are written and never shown: sealed with a key that is outside the database.
CREATE TABLE channel_secret (
    id      uuid        PRIMARY KEY,
    channel text        NOT NULL,
    sealed  bytea       NOT NULL,
    made_by uuid,
    made_at timestamptz NOT NULL,
    -- By the wall clock; one that is replaced stays good for a while, until every sender has the new one.
    ends_at timestamptz
);

CREATE INDEX channel_secret_of_channel ON channel_secret (channel, made_at DESC);

-- What left no submission, counted by the hour: a robot must not be able to fill the disk.
CREATE TABLE channel_tally (
    channel text        NOT NULL,
    outcome text        NOT NULL CHECK (outcome IN ('refused', 'repeated')),
    reason  text        NOT NULL,
    hour    timestamptz NOT NULL,
    times   bigint      NOT NULL CHECK (times > 0),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (channel, outcome, reason, hour)
);

-- Submissions of a stretch of time that are read again, in batches.
CREATE TABLE channel_replay (
    id              uuid        PRIMARY KEY,
    channel         text        NOT NULL,
    received_from   timestamptz NOT NULL,
    received_before timestamptz NOT NULL,
    why             text        NOT NULL,
    asked_by        uuid,
    asked_at        timestamptz NOT NULL,
    -- The last one that was read.
    reached_at      timestamptz,
    reached_id      uuid,
    total           int         NOT NULL,
    captured        int         NOT NULL DEFAULT 0,
    corrected       int         NOT NULL DEFAULT 0,
    unchanged       int         NOT NULL DEFAULT 0,
    unreadable      int         NOT NULL DEFAULT 0,
    conflicting     int         NOT NULL DEFAULT 0,
    ended_at        timestamptz
);

CREATE INDEX channel_replay_due ON channel_replay (asked_at) WHERE ended_at IS NULL;
CREATE INDEX channel_replay_of_channel ON channel_replay (channel, asked_at DESC);

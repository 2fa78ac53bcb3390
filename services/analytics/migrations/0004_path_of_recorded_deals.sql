-- One event may tell of several stays: a deal that was taken over with its path through the stages.
ALTER TABLE stage_interval ADD COLUMN step int NOT NULL DEFAULT 0;
ALTER TABLE stage_interval DROP CONSTRAINT stage_interval_pkey;
ALTER TABLE stage_interval ADD PRIMARY KEY (opportunity_id, sequence, step);

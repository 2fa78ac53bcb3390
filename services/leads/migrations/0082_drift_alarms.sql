-- What moved beyond the limit is announced once: the number of the last alarm about this learned score.
ALTER TABLE learned_drift ADD COLUMN sequence int NOT NULL DEFAULT 0;

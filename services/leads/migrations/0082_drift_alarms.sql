-- What moved beyond the limit is announced once: the number of the last alarm about this learned score.
ALTER TABLE learned_drift
    ADD COLUMN learned_score_id uuid,
    ADD COLUMN sequence int NOT NULL DEFAULT 0,
    ADD CONSTRAINT learned_drift_names_its_score CHECK (sequence = 0 OR learned_score_id IS NOT NULL);

CREATE VIEW learned_score WITH (security_invoker = true) AS
SELECT learned_score_id AS id, max(sequence) AS sequence
  FROM learned_drift
 WHERE sequence > 0
 GROUP BY learned_score_id;

-- Pools of one's own for leads and customers, and what is not followed up comes back to them.

ALTER TABLE ownership
    -- Its clocks stand still until then, and why.
    ADD COLUMN hold_until timestamptz,
    ADD COLUMN hold_reason text NOT NULL DEFAULT '',
    -- When its owner was warned that it would go back to a pool.
    ADD COLUMN warned_at timestamptz;
CREATE INDEX ownership_untouched
    ON ownership (subject_kind, (greatest(since, coalesce(last_activity_at, since))))
    WHERE owner_id IS NOT NULL AND open AND NOT history;
CREATE INDEX activity_planned ON activity (subject_kind, subject_id, next_step_on)
    WHERE next_step_on IS NOT NULL;

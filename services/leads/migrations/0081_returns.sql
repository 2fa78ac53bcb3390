-- Leads that act again after they had come to an end: whether something came before the end or after it, is
-- asked of the end.
ALTER TABLE lead ADD COLUMN ended_at timestamptz;
ALTER TABLE lead_return ADD COLUMN ended_at timestamptz;

-- A lead that was silent for long after its end goes by no phone and mail any more: whoever comes by them then
-- is a new lead.
ALTER TABLE lead ADD COLUMN let_go boolean NOT NULL DEFAULT false;
CREATE INDEX lead_to_let_go ON lead (touched_at)
    WHERE NOT let_go AND state IN ('disqualified', 'closed', 'converted');

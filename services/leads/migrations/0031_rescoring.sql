-- Leads that are still worked on, by the version of the rules that judged them: new rules take over in
-- batches, and what is left is found at once.
CREATE INDEX lead_rules_version ON lead (rules_version) WHERE state IN ('open', 'qualified');

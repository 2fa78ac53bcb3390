-- What was found out about a lead, note by note: who said it, when, and in which call or visit. The latest
-- note of a criterion counts. Claims and names are personal data and stay here.
CREATE TABLE lead_evidence (
    id          uuid        PRIMARY KEY,
    lead_id     uuid        NOT NULL,
    framework   text        NOT NULL CHECK (framework IN ('bant', 'meddic')),
    criterion   text        NOT NULL,
    evidence    text        NOT NULL CHECK (evidence IN ('yes', 'partly', 'no', 'unknown')),
    claim       text        NOT NULL,
    said_by     text        NOT NULL,
    said_on     date,
    -- Of another service; a reference to something not heard of is kept all the same.
    activity_id uuid,
    noted_by    uuid,
    noted_at    timestamptz NOT NULL
);

CREATE INDEX lead_evidence_of_lead ON lead_evidence (lead_id, framework, criterion, noted_at DESC, id DESC);

-- What was known before notes were kept is the first note of its criterion.
INSERT INTO lead_evidence
       (id, lead_id, framework, criterion, evidence, claim, said_by, said_on, noted_at)
SELECT gen_random_uuid(), lead.id, 'bant', finding.key, finding.value ->> 'evidence', '',
       coalesce(finding.value ->> 'said_by', ''), (finding.value ->> 'said_on')::date, lead.touched_at
  FROM lead
 CROSS JOIN jsonb_each(lead.bant) AS finding
 WHERE finding.value ->> 'evidence' <> 'unknown';

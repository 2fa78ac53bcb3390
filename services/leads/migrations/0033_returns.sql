-- Leads that had come to an end and were opened again: how they ended, and why they came back.
CREATE TABLE lead_return (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id      uuid        NOT NULL,
    ended_as     text        NOT NULL CHECK (ended_as IN ('disqualified', 'closed')),
    ended_for    text        NOT NULL,
    reopened_for text        NOT NULL,
    reopened_by  uuid,
    reopened_at  timestamptz NOT NULL
);

CREATE INDEX lead_return_of_lead ON lead_return (lead_id, id DESC);

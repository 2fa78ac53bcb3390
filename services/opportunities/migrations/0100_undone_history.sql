-- Which import an activity came with, and where an activity stands whose import was taken back: it may come again.
ALTER TABLE activity ADD COLUMN run_id uuid;
CREATE TABLE activity_unlogged (
    id uuid PRIMARY KEY,
    sequence int NOT NULL
);

-- Which import made a deal, and which one spoke of it last; both are nothing when neither can be taken back.
ALTER TABLE taken_over
    ADD COLUMN made_by uuid,
    ADD COLUMN said_by uuid;

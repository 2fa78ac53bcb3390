-- The system an activity was taken over from; nothing when it was logged here.
ALTER TABLE activity ADD COLUMN system text NOT NULL DEFAULT '';
CREATE INDEX activity_of_system ON activity (system) WHERE system <> '';

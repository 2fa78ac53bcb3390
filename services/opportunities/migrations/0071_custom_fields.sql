-- What an enterprise keeps of its deals beside what every deal has; stages say which of it they ask for.
ALTER TABLE deal ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}'
    CHECK (jsonb_typeof(attributes) = 'object');

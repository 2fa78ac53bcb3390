-- The lead that a registration is about: policy may convert it once the registration protects.
ALTER TABLE registration ADD COLUMN lead_id uuid;

-- How often the rules have changed: every transaction is told when it begins, so that a process may
-- keep what it has read of them for as long as nothing was written there.

CREATE TABLE configuration_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch    bigint  NOT NULL DEFAULT 1
);
INSERT INTO configuration_epoch DEFAULT VALUES;

CREATE FUNCTION shangji_configured() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE configuration_epoch SET epoch = epoch + 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER configured AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON configuration
    FOR EACH STATEMENT EXECUTE FUNCTION shangji_configured();

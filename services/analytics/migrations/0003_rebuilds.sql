-- Each time the projections were built again beside the live ones, and how the two compared.
CREATE TABLE rebuild (
    rebuild_id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'equal', 'different', 'failed')),
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- the live consumer's next offsets at the moment its checksums were taken: where the copy stops
    fence jsonb NOT NULL DEFAULT '[]',
    messages_total bigint NOT NULL DEFAULT 0,
    messages_read bigint NOT NULL DEFAULT 0,
    live jsonb NOT NULL DEFAULT '{}',
    rebuilt jsonb NOT NULL DEFAULT '{}',
    attempts int NOT NULL DEFAULT 0,
    problem text NOT NULL DEFAULT '',
    -- whoever builds holds the lease; when it runs out, another goes on from where the copy stands
    lease_until timestamptz
);
-- The side schema holds one copy at a time.
CREATE UNIQUE INDEX rebuild_one_at_a_time ON rebuild ((true)) WHERE state IN ('waiting', 'running');

-- Empties the side schema and fills it with empty twins of every table of this schema, so that the same
-- statements run there under another search_path. Nothing is left out that a statement could then find
-- in the live schema instead; only the clock is shared, and it is only read. It runs with its owner's
-- rights, because the service itself may make no tables; both schemas are fixed, so it can harm no other.
CREATE FUNCTION begin_side_copy() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    twin name;
BEGIN
    FOR twin IN SELECT tablename FROM pg_tables WHERE schemaname = 'analytics_rebuild' LOOP
        EXECUTE format('DROP TABLE analytics_rebuild.%I', twin);
    END LOOP;
    FOR twin IN
        SELECT tablename FROM pg_tables WHERE schemaname = 'analytics' AND tablename <> 'clock'
    LOOP
        EXECUTE format('CREATE TABLE analytics_rebuild.%I (LIKE analytics.%I INCLUDING ALL)', twin, twin);
    END LOOP;
END
$$;

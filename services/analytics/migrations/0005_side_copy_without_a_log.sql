-- The side copy is thrown away after the comparison, so it needs no write-ahead log: that is most of what
-- writing it costs. A crash of the server empties all of its tables together, the positions too, which
-- is how the rebuild knows that it has to begin anew.
CREATE OR REPLACE FUNCTION begin_side_copy() RETURNS void
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
        EXECUTE format(
            'CREATE UNLOGGED TABLE analytics_rebuild.%I (LIKE analytics.%I INCLUDING ALL)', twin, twin
        );
    END LOOP;
END
$$;

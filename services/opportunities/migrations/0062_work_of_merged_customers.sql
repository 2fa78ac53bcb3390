-- The work of a merged customer goes on with the one that goes on for it, however often that was merged.
CREATE FUNCTION customer_going_on(customer uuid) RETURNS uuid
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE road AS (
        SELECT customer AS id, 0 AS steps
         UNION ALL
        SELECT customer_copy.merged_into, road.steps + 1
          FROM road
          JOIN customer_copy ON customer_copy.id = road.id
         WHERE customer_copy.merged_into IS NOT NULL
           AND road.steps < 100
    )
    SELECT id
      FROM road
     ORDER BY steps DESC
     LIMIT 1
$$;

-- A customer and all that were merged into it.
CREATE FUNCTION customer_with_merged(customer uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE same AS (
        SELECT customer AS id
         UNION
        SELECT customer_copy.id
          FROM same
          JOIN customer_copy ON customer_copy.merged_into = same.id
    )
    SELECT id
      FROM same
$$;

-- Whoever sees the customer that goes on sees what was done about those it goes on for.
CREATE POLICY of_merged ON activity
    USING (
        subject_kind = 'customer'
        AND EXISTS (
            SELECT FROM ownership
             WHERE ownership.subject_kind = 'customer'
               AND ownership.subject_id = customer_going_on(activity.subject_id)
        )
    ) WITH CHECK (true);

-- A customer that turned out to be another one is counted with that one, for as long as they are merged.
ALTER TABLE customer
    ADD COLUMN merged_into uuid,
    ADD COLUMN withdrawn_at timestamptz;
CREATE INDEX customer_merged ON customer (customer_id) WHERE merged_into IS NOT NULL;

-- Who goes on for a merged customer, perhaps more than once removed.
CREATE VIEW customer_going_on WITH (security_invoker = true) AS
WITH RECURSIVE road AS (
    SELECT customer_id, merged_into AS into_id, 1 AS steps
    FROM customer
    WHERE merged_into IS NOT NULL
    UNION ALL
    SELECT road.customer_id, next.merged_into, road.steps + 1
    FROM road
    JOIN customer AS next ON next.customer_id = road.into_id
    WHERE next.merged_into IS NOT NULL
      AND road.steps < 100
)
SELECT DISTINCT ON (customer_id) customer_id, into_id
FROM road
ORDER BY customer_id, steps DESC;

CREATE OR REPLACE VIEW deal WITH (security_invoker = true) AS
SELECT opportunity.opportunity_id,
       opportunity.pipeline,
       opportunity.stage,
       opportunity.status,
       opportunity.probability,
       opportunity.amount,
       opportunity.list_value,
       opportunity.engaged_on,
       opportunity.closed_on,
       opportunity.owner_id,
       opportunity.unit_id,
       person.name AS seller,
       place.unit AS team,
       place.manager_id,
       place.manager,
       place.region_id,
       place.region,
       opportunity.product_id,
       product.name AS product,
       nullif(customer.industry, '') AS sector
FROM opportunity
LEFT JOIN person ON person.person_id = opportunity.owner_id
LEFT JOIN place ON place.unit_id = opportunity.unit_id
LEFT JOIN product ON product.product_id = opportunity.product_id
LEFT JOIN customer_going_on ON customer_going_on.customer_id = opportunity.customer_id
LEFT JOIN customer
       ON customer.customer_id = coalesce(customer_going_on.into_id, opportunity.customer_id)
WHERE opportunity.status <> 'withdrawn';

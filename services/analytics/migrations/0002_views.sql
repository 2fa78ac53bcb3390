-- What reports join over and over. Views show what the caller may see: row-level security of the tables
-- below applies to whoever asks (security_invoker), not to the views' owner.

-- Where a unit stands: who leads it, and the nearest region at or above it. The walk goes down from each
-- region and stops at the next, so even a directory with a circle in it ends.
CREATE VIEW place WITH (security_invoker = true) AS
WITH RECURSIVE served AS (
    SELECT unit_id, unit_id AS region_id, name AS region
    FROM unit
    WHERE kind = 'region'
    UNION ALL
    SELECT child.unit_id, served.region_id, served.region
    FROM served
    JOIN unit AS child ON child.parent_id = served.unit_id
    WHERE child.kind <> 'region'
)
SELECT unit.unit_id,
       unit.kind,
       unit.active,
       unit.name AS unit,
       unit.lead_person_id AS manager_id,
       leader.name AS manager,
       served.region_id,
       served.region
FROM unit
LEFT JOIN served ON served.unit_id = unit.unit_id
LEFT JOIN person AS leader ON leader.person_id = unit.lead_person_id;

-- A deal whose own events have been heard, with what it is counted by.
CREATE VIEW deal WITH (security_invoker = true) AS
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
LEFT JOIN customer ON customer.customer_id = opportunity.customer_id
WHERE opportunity.status IS NOT NULL;

-- A lead whose own events have been heard, and when it came to each step of its road. It has become a deal
-- when one was opened from it, or when the system it came from had already said so.
CREATE VIEW lead_road WITH (security_invoker = true) AS
SELECT lead_id,
       owner_id,
       unit_id,
       source,
       origin,
       channel,
       campaign,
       region,
       industry,
       grade,
       do_not_email,
       do_not_call,
       captured_at,
       qualified_at,
       least(deal_opened_at, CASE outcome WHEN 'converted' THEN outcome_recorded_at END) AS became_deal_at,
       deal_won_at AS won_at
FROM lead
WHERE captured_at IS NOT NULL;

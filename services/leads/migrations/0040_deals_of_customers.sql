-- Whether a customer has an open deal decides whether a conversion asks for another one.
CREATE INDEX lead_of_customer ON lead (customer_id) WHERE customer_id IS NOT NULL;

-- Deals heard of before belong to the customer of the lead they came of; of others nothing is known here.
UPDATE deal
   SET customer_id = lead.customer_id
  FROM lead
 WHERE lead.id = deal.lead_id
   AND deal.customer_id IS NULL;

-- Leads are counted by their tags; one that has several is counted under each. A lead whose import was undone was
-- never here: no report over leads counts it, until it comes back and its event clears the reason.
ALTER TABLE lead ADD COLUMN tags text[] NOT NULL DEFAULT '{}';

CREATE OR REPLACE VIEW lead_road WITH (security_invoker = true) AS
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
       deal_won_at AS won_at,
       tags
FROM lead
WHERE captured_at IS NOT NULL
  AND merged_at IS NULL
  AND disqualified_reason IS DISTINCT FROM 'import_undone';

-- More of what tells one party from another: where somebody is, and the number that an organisation
-- has in China (统一社会信用代码), whose check digit the service has verified.
ALTER TABLE lead ADD COLUMN credit_code text NOT NULL DEFAULT '';
ALTER TABLE lead ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN credit_code text NOT NULL DEFAULT '';

-- li+news@x.com leads to the same mailbox as li@x.com: keys say the mailbox from now on. An address
-- whose mailbox is another lead's key already keeps the old one; people will be asked about the two.
UPDATE lead_identity AS held
   SET value = regexp_replace(held.value, '\+[^@]*@', '@')
 WHERE held.kind = 'mail'
   AND held.value ~ '.\+[^@]*@'
   AND held.value = (SELECT min(same.value)
                       FROM lead_identity AS same
                      WHERE same.kind = 'mail'
                        AND regexp_replace(same.value, '\+[^@]*@', '@')
                          = regexp_replace(held.value, '\+[^@]*@', '@'));

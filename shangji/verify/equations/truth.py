"""C8 and C10: what was said, folded anew, is what the owners have and what the reports show."""

from shangji.verify.equations.check import Check, compare

WORTH = ("stage", "status", "amount", "currency", "owner", "unit", "closed_on")

DEALS = (
    *compare(
        "C8",
        "the deal is what its events say",
        left=("events", "folded_deal"),
        right=("opportunities.deal", "deal"),
        columns=WORTH,
    ),
    *compare(
        "C8",
        "the reports' deal is what its events say",
        left=("events", "folded_deal"),
        right=("analytics.opportunity", "seen_deal"),
        columns=WORTH,
    ),
)

LEADS = (
    *compare(
        "C8",
        "the lead is what its events say",
        left=("events", "folded_lead"),
        right=("leads.lead", "lead"),
        columns=("state", "grade"),
    ),
    *compare(
        "C8",
        "the reports' lead is what its events say",
        left=("events", "(SELECT *, seen_grade AS shown FROM folded_lead)"),
        right=("analytics.lead", "(SELECT *, grade AS shown FROM seen_lead)"),
        columns=("shown", "converted", "disqualified", "merged"),
    ),
)

HOLDERS = (
    *compare(
        "C8",
        "the owner is whom ownership's events say",
        left=("events", "folded_ownership"),
        right=("opportunities.ownership", "ownership"),
        columns=("subject_kind", "subject_id", "owner", "unit", "pool"),
    ),
    Check(
        equation="C8",
        says="leads and customers are held by whom ownership's events say",
        sql="""
        SELECT said.subject_kind || ' ' || said.subject_id,
               said.owner AS "events.owner", said.unit AS "events.unit", said.pool AS "events.pool",
               held.owner AS "leads.holding.owner", held.unit AS "leads.holding.unit",
               held.pool AS "leads.holding.pool"
          FROM folded_ownership AS said
          LEFT JOIN holding AS held
            ON held.subject_kind = said.subject_kind AND held.subject_id = said.subject_id
         WHERE said.subject_kind <> 'opportunity'
           AND (held.owner IS NOT said.owner OR held.unit IS NOT said.unit
                OR held.pool IS NOT said.pool)
        """,
    ),
    Check(
        equation="C8",
        says="a lead shows its owner in both services that show it",
        sql="""
        SELECT lead.id, said.owner AS "events.owner", said.pool AS "events.pool",
               lead.owner AS "leads.lead.owner", lead.pool AS "leads.lead.pool",
               seen.owner AS "analytics.lead.owner"
          FROM lead
          LEFT JOIN folded_ownership AS said
            ON said.subject_kind = 'lead' AND said.subject_id = lead.id
          LEFT JOIN seen_lead AS seen ON seen.id = lead.id
         WHERE lead.owner IS NOT said.owner OR lead.pool IS NOT said.pool
            OR seen.owner IS NOT said.owner
        """,
    ),
)


def _sums(name: str, table: str) -> Check:
    return Check(
        equation="C8",
        says=f"the amounts of {name} add up to those of the events, per unit, stage, currency, owner",
        sql=f"""
        WITH here AS (
            SELECT unit, stage, currency, owner, count(*) AS deals, sum(amount) AS cents
              FROM folded_deal GROUP BY unit, stage, currency, owner
        ), there AS (
            SELECT unit, stage, currency, owner, count(*) AS deals, sum(amount) AS cents
              FROM {table}
             WHERE id NOT IN (SELECT id FROM stranger)
             GROUP BY unit, stage, currency, owner
        ), keys AS (
            SELECT unit, stage, currency, owner FROM here
             UNION SELECT unit, stage, currency, owner FROM there
        )
        SELECT 'unit ' || keys.unit || ', ' || keys.stage || ', ' || keys.currency || ', owner ' || keys.owner,
               here.deals AS "events.deals", here.cents AS "events.cents",
               there.deals AS "{name}.deals", there.cents AS "{name}.cents"
          FROM keys
          LEFT JOIN here ON (here.unit, here.stage, here.currency, here.owner)
                         IS (keys.unit, keys.stage, keys.currency, keys.owner)
          LEFT JOIN there ON (there.unit, there.stage, there.currency, there.owner)
                          IS (keys.unit, keys.stage, keys.currency, keys.owner)
         WHERE here.deals IS NOT there.deals OR here.cents IS NOT there.cents
        """,  # noqa: S608 - names of our own
    )


FUNNEL = (
    Check(
        equation="C10",
        says="a converted lead has the one deal it asked for",
        sql="""
        SELECT said.id, said.opportunity_id AS "lead.opportunity_id", lead.state AS "lead.state",
               count(deal.id) AS "deal.count", min(deal.id) AS "deal.id"
          FROM folded_lead AS said
          LEFT JOIN lead ON lead.id = said.id
          LEFT JOIN deal
            ON deal.lead_id = said.id
           AND deal.status <> 'withdrawn'
           AND NOT EXISTS (SELECT 1 FROM folded_deal WHERE folded_deal.id = deal.id AND recorded)
         WHERE said.converted AND said.opportunity_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM parked
                            WHERE service = 'opportunities' AND kind = 'lead' AND parked.id = said.id)
         GROUP BY said.id
        HAVING count(deal.id) <> 1 OR min(deal.id) <> said.opportunity_id
            OR lead.opportunity_id IS NOT said.opportunity_id
        """,
    ),
    Check(
        equation="C10",
        says="a deal that names a lead comes of its conversion, unless it was taken over",
        sql="""
        SELECT deal.id, deal.lead_id AS "deal.lead_id", said.opportunity_id AS "lead.opportunity_id",
               said.state AS "lead.state"
          FROM deal
          LEFT JOIN folded_lead AS said ON said.id = deal.lead_id
          LEFT JOIN folded_deal AS folded ON folded.id = deal.id
         WHERE deal.lead_id IS NOT NULL AND deal.status <> 'withdrawn'
           AND NOT coalesce(folded.recorded, 0) AND said.opportunity_id IS NOT deal.id
           AND deal.lead_id NOT IN (SELECT id FROM stranger)
        """,
    ),
    Check(
        equation="C10",
        says="created = open + qualified + converted + disqualified + closed + merged",
        sql="""
        WITH kept AS (SELECT state, count(*) AS leads FROM lead GROUP BY state),
             said AS (SELECT state, count(*) AS leads FROM folded_lead GROUP BY state),
             states AS (SELECT state FROM kept UNION SELECT state FROM said)
        SELECT 'leads that are ' || coalesce(states.state, 'in no state'),
               kept.leads AS "leads.lead.count", said.leads AS "events.count"
          FROM states
          LEFT JOIN kept ON kept.state IS states.state
          LEFT JOIN said ON said.state IS states.state
         WHERE kept.leads IS NOT said.leads
        """,
    ),
    Check(
        equation="C10",
        says="what is won is what was said to be won",
        sql="""
        WITH kept AS (
            SELECT currency, sum(amount) AS cents FROM deal WHERE status = 'won' GROUP BY currency
        ), said AS (
            SELECT currency, sum(amount) AS cents
              FROM folded_deal WHERE status = 'won' GROUP BY currency
        ), currencies AS (SELECT currency FROM kept UNION SELECT currency FROM said)
        SELECT 'won in ' || currencies.currency, kept.cents AS "opportunities.deal.cents",
               said.cents AS "events.cents"
          FROM currencies
          LEFT JOIN kept ON kept.currency = currencies.currency
          LEFT JOIN said ON said.currency = currencies.currency
         WHERE kept.cents IS NOT said.cents
        """,
    ),
)

TRUTH: tuple[Check, ...] = (
    *DEALS,
    *LEADS,
    *HOLDERS,
    _sums("opportunities.deal", "deal"),
    _sums("analytics.opportunity", "seen_deal"),
    *FUNNEL,
)

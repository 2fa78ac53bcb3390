"""Leads: who came to us, and how far they got."""

from services.analytics.repository import Facts
from shared.db import Tx


async def capture(tx: Tx, facts: Facts) -> None:
    """New leads; ownership or a deal may have spoken of them before."""
    await tx.execute(
        """
        INSERT INTO lead (
            lead_id, channel, source, origin, campaign, region, industry, product_id,
            do_not_email, do_not_call, captured_unit_id, captured_at, history, known_at
        )
        SELECT lead_id, channel, source, origin, campaign, region, industry, product_id,
               do_not_email, do_not_call, unit_id, captured_at, history, known_at
        FROM jsonb_to_recordset($1) AS heard (
            lead_id uuid, channel text, source text, origin text, campaign text, region text,
            industry text, product_id uuid, do_not_email boolean, do_not_call boolean, unit_id uuid,
            captured_at timestamptz, history boolean, known_at timestamptz
        )
        ON CONFLICT (lead_id) DO UPDATE
        SET channel = excluded.channel,
            source = excluded.source,
            origin = excluded.origin,
            campaign = excluded.campaign,
            region = excluded.region,
            industry = excluded.industry,
            product_id = excluded.product_id,
            do_not_email = excluded.do_not_email,
            do_not_call = excluded.do_not_call,
            captured_unit_id = excluded.captured_unit_id,
            captured_at = excluded.captured_at,
            history = excluded.history,
            known_at = excluded.known_at
        """,
        facts,
    )


async def update(tx: Tx, facts: Facts) -> None:
    """Leads whose facts have changed."""
    await tx.execute(
        """
        UPDATE lead
        SET channel = heard.channel,
            source = heard.source,
            origin = heard.origin,
            campaign = heard.campaign,
            region = heard.region,
            industry = heard.industry,
            product_id = heard.product_id,
            do_not_email = heard.do_not_email,
            do_not_call = heard.do_not_call
        FROM jsonb_to_recordset($1) AS heard (
            lead_id uuid, channel text, source text, origin text, campaign text, region text,
            industry text, product_id uuid, do_not_email boolean, do_not_call boolean
        )
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def count_touches(tx: Tx, facts: Facts) -> None:
    """Leads that came again."""
    await tx.execute(
        """
        UPDATE lead
        SET touches = touches + 1
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def score(tx: Tx, facts: Facts) -> None:
    """Leads judged by a version of the scoring rules."""
    await tx.execute(
        """
        UPDATE lead
        SET score = heard.score,
            grade = heard.grade,
            rules_version = heard.rules_version
        FROM jsonb_to_recordset($1) AS heard (
            lead_id uuid, score double precision, grade text, rules_version int
        )
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def tag(tx: Tx, facts: Facts) -> None:
    """Leads with other tags than before."""
    await tx.execute(
        """
        UPDATE lead
        SET tags = heard.tags
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid, tags text[])
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def qualify(tx: Tx, facts: Facts) -> None:
    """Leads worth a seller's time; the first time counts."""
    await tx.execute(
        """
        UPDATE lead
        SET grade = heard.grade,
            qualified_at = least(lead.qualified_at, heard.qualified_at)
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid, grade text, qualified_at timestamptz)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def disqualify(tx: Tx, facts: Facts) -> None:
    """Leads not worth pursuing."""
    await tx.execute(
        """
        UPDATE lead
        SET disqualified_at = heard.disqualified_at,
            disqualified_reason = heard.reason
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid, reason text, disqualified_at timestamptz)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def merge(tx: Tx, facts: Facts) -> None:
    """Leads that turned out to be others."""
    await tx.execute(
        """
        UPDATE lead
        SET merged_at = heard.merged_at,
            merged_into = heard.into_id
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid, into_id uuid, merged_at timestamptz)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def unmerge(tx: Tx, facts: Facts) -> None:
    """Leads that are their own again."""
    await tx.execute(
        """
        UPDATE lead
        SET merged_at = NULL,
            merged_into = NULL
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def reopen(tx: Tx, facts: Facts) -> None:
    """Leads that are worked on again: how they ended does not count any more."""
    await tx.execute(
        """
        UPDATE lead
        SET disqualified_at = NULL,
            disqualified_reason = NULL,
            outcome = NULL,
            outcome_recorded_at = NULL
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def record_outcomes(tx: Tx, facts: Facts) -> None:
    """Leads another system had decided about."""
    await tx.execute(
        """
        UPDATE lead
        SET outcome = heard.outcome,
            outcome_recorded_at = heard.recorded_at
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid, outcome text, recorded_at timestamptz)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def convert(tx: Tx, facts: Facts) -> None:
    """Leads that became customers."""
    await tx.execute(
        """
        UPDATE lead
        SET converted_at = heard.converted_at,
            customer_id = heard.customer_id
        FROM jsonb_to_recordset($1) AS heard (
            lead_id uuid, customer_id uuid, converted_at timestamptz
        )
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def undo_conversions(tx: Tx, facts: Facts) -> None:
    """Leads that are nobody's customer any more."""
    await tx.execute(
        """
        UPDATE lead
        SET converted_at = NULL,
            customer_id = NULL
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def note_deals_opened(tx: Tx, facts: Facts) -> None:
    """Leads a deal was opened from, whether or not the lead itself has been heard of."""
    await tx.execute(
        """
        INSERT INTO lead (lead_id, deal_opened_at)
        SELECT lead_id, min(opened_at)
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid, opened_at timestamptz)
        WHERE lead_id IS NOT NULL
        GROUP BY lead_id
        ORDER BY lead_id
        ON CONFLICT (lead_id) DO UPDATE
        SET deal_opened_at = least(lead.deal_opened_at, excluded.deal_opened_at)
        """,
        facts,
    )


async def forget_deals(tx: Tx, facts: Facts) -> None:
    """Leads whose deal was withdrawn: the earliest of their other deals counts, if there is one."""
    await tx.execute(
        """
        UPDATE lead
        SET deal_opened_at = (
            SELECT min(stage_interval.entered_at)
            FROM opportunity
            JOIN stage_interval USING (opportunity_id)
            WHERE opportunity.lead_id = heard.lead_id
              AND opportunity.status <> 'withdrawn'
              AND stage_interval.believed_until IS NULL
        )
        FROM jsonb_to_recordset($1) AS heard (lead_id uuid)
        WHERE lead.lead_id = heard.lead_id
        """,
        facts,
    )


async def note_deals_won(tx: Tx, facts: Facts) -> None:
    """Leads a deal was won from; which lead it was, the deal said when it was opened."""
    await tx.execute(
        """
        UPDATE lead
        SET deal_won_at = least(lead.deal_won_at, won.closed_at)
        FROM (
            SELECT opportunity.lead_id, min(heard.closed_at) AS closed_at
            FROM jsonb_to_recordset($1) AS heard (opportunity_id uuid, closed_at timestamptz)
            JOIN opportunity ON opportunity.opportunity_id = heard.opportunity_id
            WHERE opportunity.lead_id IS NOT NULL
            GROUP BY opportunity.lead_id
        ) AS won
        WHERE lead.lead_id = won.lead_id
        """,
        facts,
    )

"""Opportunities: what deals are worth, and where they stand."""

from services.analytics.repository import Facts
from shared.db import Tx


async def open_deals(tx: Tx, facts: Facts, *, zone: str) -> None:
    """New deals; ownership may have spoken of them before. Work on a deal begins the day it opens."""
    await tx.execute(
        """
        INSERT INTO opportunity (
            opportunity_id, lead_id, customer_id, product_id, amount, list_value, currency,
            expected_close_on, next_step_on, source, pipeline, pipeline_version, stage, status,
            probability, opened_owner_id, opened_unit_id, engaged_on, history, known_at, changed_known_at
        )
        SELECT opportunity_id, lead_id, customer_id, product_id, amount, list_value, currency,
               expected_close_on, next_step_on, source, pipeline, pipeline_version, stage, 'open',
               probability, owner_id, unit_id, (opened_at AT TIME ZONE $2)::date, history, known_at, known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, lead_id uuid, customer_id uuid, product_id uuid, amount numeric,
            list_value numeric, currency text, expected_close_on date, next_step_on date, source text,
            pipeline text, pipeline_version int, stage text, probability double precision,
            owner_id uuid, unit_id uuid, opened_at timestamptz, history boolean, known_at timestamptz
        )
        ON CONFLICT (opportunity_id) DO UPDATE
        SET lead_id = excluded.lead_id,
            customer_id = excluded.customer_id,
            product_id = excluded.product_id,
            amount = excluded.amount,
            list_value = excluded.list_value,
            currency = excluded.currency,
            expected_close_on = excluded.expected_close_on,
            next_step_on = excluded.next_step_on,
            source = excluded.source,
            pipeline = excluded.pipeline,
            pipeline_version = excluded.pipeline_version,
            stage = excluded.stage,
            status = excluded.status,
            probability = excluded.probability,
            opened_owner_id = excluded.opened_owner_id,
            opened_unit_id = excluded.opened_unit_id,
            engaged_on = excluded.engaged_on,
            history = excluded.history,
            known_at = excluded.known_at,
            changed_known_at = excluded.changed_known_at
        """,
        facts,
        zone,
    )


async def record(tx: Tx, facts: Facts) -> None:
    """Deals taken over from another system as they stood there; a later record replaces an earlier."""
    await tx.execute(
        """
        INSERT INTO opportunity (
            opportunity_id, lead_id, customer_id, product_id, amount, list_value, currency,
            expected_close_on, next_step_on, source, pipeline, pipeline_version, stage, status, probability,
            opened_owner_id, opened_unit_id, engaged_on, closed_on, close_reason, history,
            known_at, changed_known_at
        )
        SELECT opportunity_id, lead_id, customer_id, product_id, amount, list_value, currency,
               expected_close_on, next_step_on, source, pipeline, pipeline_version, stage, status, probability,
               owner_id, unit_id, engaged_on, closed_on, reason, history,
               known_at, known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, lead_id uuid, customer_id uuid, product_id uuid, amount numeric,
            list_value numeric, currency text, expected_close_on date, next_step_on date, source text,
            pipeline text, pipeline_version int, stage text, status text, probability double precision,
            owner_id uuid, unit_id uuid, engaged_on date, closed_on date, reason text,
            history boolean, known_at timestamptz
        )
        ON CONFLICT (opportunity_id) DO UPDATE
        SET lead_id = excluded.lead_id,
            customer_id = excluded.customer_id,
            product_id = excluded.product_id,
            amount = excluded.amount,
            list_value = excluded.list_value,
            currency = excluded.currency,
            expected_close_on = excluded.expected_close_on,
            next_step_on = excluded.next_step_on,
            source = excluded.source,
            pipeline = excluded.pipeline,
            pipeline_version = excluded.pipeline_version,
            stage = excluded.stage,
            status = excluded.status,
            probability = excluded.probability,
            opened_owner_id = excluded.opened_owner_id,
            opened_unit_id = excluded.opened_unit_id,
            engaged_on = excluded.engaged_on,
            closed_on = excluded.closed_on,
            close_reason = excluded.close_reason,
            history = excluded.history,
            known_at = coalesce(opportunity.known_at, excluded.known_at),
            changed_known_at = excluded.changed_known_at
        """,
        facts,
    )


async def update(tx: Tx, facts: Facts) -> None:
    """Deals whose worth or next step has changed."""
    await tx.execute(
        """
        UPDATE opportunity
        SET customer_id = heard.customer_id,
            product_id = heard.product_id,
            amount = heard.amount,
            list_value = heard.list_value,
            currency = heard.currency,
            expected_close_on = heard.expected_close_on,
            next_step_on = heard.next_step_on,
            source = heard.source,
            changed_known_at = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, customer_id uuid, product_id uuid, amount numeric, list_value numeric,
            currency text, expected_close_on date, next_step_on date, source text, known_at timestamptz
        )
        WHERE opportunity.opportunity_id = heard.opportunity_id
        """,
        facts,
    )


async def move(tx: Tx, facts: Facts) -> None:
    """Deals that are in another open stage."""
    await tx.execute(
        """
        UPDATE opportunity
        SET stage = heard.to_stage,
            probability = heard.probability,
            changed_known_at = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, to_stage text, probability double precision, known_at timestamptz
        )
        WHERE opportunity.opportunity_id = heard.opportunity_id
        """,
        facts,
    )


async def win(tx: Tx, facts: Facts) -> None:
    """Deals that were won, for the amount then agreed."""
    await tx.execute(
        """
        UPDATE opportunity
        SET stage = heard.to_stage,
            status = 'won',
            probability = 1,
            amount = heard.amount,
            currency = heard.currency,
            closed_on = heard.closed_on,
            close_reason = heard.reason,
            competitor = heard.competitor,
            changed_known_at = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, to_stage text, amount numeric, currency text, closed_on date,
            reason text, competitor text, known_at timestamptz
        )
        WHERE opportunity.opportunity_id = heard.opportunity_id
        """,
        facts,
    )


async def withdraw(tx: Tx, facts: Facts) -> None:
    """Deals that count nowhere any more: without a day on which they began they never were open."""
    await tx.execute(
        """
        UPDATE opportunity
        SET status = 'withdrawn',
            probability = 0,
            engaged_on = NULL,
            closed_on = heard.withdrawn_on,
            next_step_on = NULL,
            changed_known_at = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, withdrawn_on date, known_at timestamptz
        )
        WHERE opportunity.opportunity_id = heard.opportunity_id
        """,
        facts,
    )


async def lose(tx: Tx, facts: Facts) -> None:
    """Deals that are over without a sale."""
    await tx.execute(
        """
        UPDATE opportunity
        SET stage = heard.to_stage,
            status = 'lost',
            probability = 0,
            closed_on = heard.closed_on,
            close_reason = heard.reason,
            competitor = heard.competitor,
            changed_known_at = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (
            opportunity_id uuid, to_stage text, closed_on date, reason text, competitor text,
            known_at timestamptz
        )
        WHERE opportunity.opportunity_id = heard.opportunity_id
        """,
        facts,
    )

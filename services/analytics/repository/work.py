"""Who held what, what was done, who was told."""

from services.analytics.repository import Facts
from shared.db import Tx


async def end_periods(tx: Tx, facts: Facts) -> None:
    """Whoever held these until now holds them no longer."""
    await tx.execute(
        """
        UPDATE ownership_period
        SET ended_at = heard.started_at,
            ended_known_at = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (
            ownership_id uuid, started_at timestamptz, known_at timestamptz
        )
        WHERE ownership_period.ownership_id = heard.ownership_id
          AND ended_at IS NULL
        """,
        facts,
    )


async def begin_periods(tx: Tx, facts: Facts) -> None:
    """From now on a person, a pool or nobody holds these."""
    await tx.execute(
        """
        INSERT INTO ownership_period (
            ownership_id, sequence, subject_kind, subject_id, owner_id, pool_id, unit_id, reason,
            history, started_at, known_at
        )
        SELECT ownership_id, sequence, subject_kind, subject_id, owner_id, pool_id, unit_id, reason,
               history, started_at, known_at
        FROM jsonb_to_recordset($1) AS heard (
            ownership_id uuid, sequence int, subject_kind text, subject_id uuid, owner_id uuid,
            pool_id uuid, unit_id uuid, reason text, history boolean, started_at timestamptz,
            known_at timestamptz
        )
        """,
        facts,
    )


async def hold_leads(tx: Tx, facts: Facts) -> None:
    """The leads among these show who holds them, whether or not they have been heard of."""
    await tx.execute(
        """
        INSERT INTO lead (lead_id, held_owner_id, held_unit_id)
        SELECT subject_id, owner_id, unit_id
        FROM jsonb_to_recordset($1) AS heard (
            subject_kind text, subject_id uuid, owner_id uuid, unit_id uuid
        )
        WHERE subject_kind = 'lead'
        ORDER BY subject_id
        ON CONFLICT (lead_id) DO UPDATE
        SET held_owner_id = excluded.held_owner_id,
            held_unit_id = excluded.held_unit_id
        """,
        facts,
    )


async def hold_opportunities(tx: Tx, facts: Facts) -> None:
    """The deals among these show who holds them, whether or not they have been heard of."""
    await tx.execute(
        """
        INSERT INTO opportunity (opportunity_id, held_owner_id, held_unit_id)
        SELECT subject_id, owner_id, unit_id
        FROM jsonb_to_recordset($1) AS heard (
            subject_kind text, subject_id uuid, owner_id uuid, unit_id uuid
        )
        WHERE subject_kind = 'opportunity'
        ORDER BY subject_id
        ON CONFLICT (opportunity_id) DO UPDATE
        SET held_owner_id = excluded.held_owner_id,
            held_unit_id = excluded.held_unit_id
        """,
        facts,
    )


async def log_activities(tx: Tx, facts: Facts) -> None:
    """What somebody did."""
    await tx.execute(
        """
        INSERT INTO activity (
            activity_id, sequence, subject_kind, subject_id, kind, done_by, unit_id, done_at, history,
            known_at
        )
        SELECT activity_id, sequence, subject_kind, subject_id, kind, done_by, unit_id, done_at, history,
               known_at
        FROM jsonb_to_recordset($1) AS heard (
            activity_id uuid, sequence int, subject_kind text, subject_id uuid, kind text, done_by uuid,
            unit_id uuid, done_at timestamptz, history boolean, known_at timestamptz
        )
        """,
        facts,
    )


async def unlog_activities(tx: Tx, facts: Facts) -> None:
    """What nobody believes any more to have been done: the file that said so was taken back."""
    await tx.execute(
        """
        UPDATE activity
        SET believed_until = heard.known_at
        FROM jsonb_to_recordset($1) AS heard (activity_id uuid, known_at timestamptz)
        WHERE activity.activity_id = heard.activity_id
          AND believed_until IS NULL
        """,
        facts,
    )


async def place_notifications(tx: Tx, facts: Facts) -> None:
    """Notices that lie in somebody's inbox."""
    await tx.execute(
        """
        INSERT INTO notification (
            notification_id, recipient_id, kind, subject_kind, placed_at, known_at
        )
        SELECT notification_id, recipient_id, kind, subject_kind, placed_at, known_at
        FROM jsonb_to_recordset($1) AS heard (
            notification_id uuid, recipient_id uuid, kind text, subject_kind text,
            placed_at timestamptz, known_at timestamptz
        )
        """,
        facts,
    )


async def read_notifications(tx: Tx, facts: Facts) -> None:
    """Notices that were seen; the first time counts."""
    await tx.execute(
        """
        UPDATE notification
        SET read_at = least(notification.read_at, heard.read_at)
        FROM jsonb_to_recordset($1) AS heard (notification_id uuid, read_at timestamptz)
        WHERE notification.notification_id = heard.notification_id
        """,
        facts,
    )

"""What the projections add up to, in one snapshot with the offsets they stand at."""

from uuid import UUID

from services.analytics.domain.rebuild import Mark, Picture, Sum
from shared.db import Tx


async def picture(tx: Tx, *, group: str) -> Picture:
    """Every row of every projection, in the order of its key, and how far the group has heard."""
    rows = await tx.fetch(
        """
        SELECT 'unit' AS name,
               count(*) AS rows,
               md5(string_agg(md5(row::text), '' ORDER BY unit_id)) AS checksum,
               NULL::jsonb AS marks
        FROM unit AS row
        UNION ALL
        SELECT 'person', count(*), md5(string_agg(md5(row::text), '' ORDER BY person_id)), NULL
        FROM person AS row
        UNION ALL
        SELECT 'product', count(*), md5(string_agg(md5(row::text), '' ORDER BY product_id)), NULL
        FROM product AS row
        UNION ALL
        SELECT 'customer', count(*), md5(string_agg(md5(row::text), '' ORDER BY customer_id)), NULL
        FROM customer AS row
        UNION ALL
        SELECT 'lead', count(*), md5(string_agg(md5(row::text), '' ORDER BY lead_id)), NULL
        FROM lead AS row
        UNION ALL
        SELECT 'opportunity', count(*), md5(string_agg(md5(row::text), '' ORDER BY opportunity_id)), NULL
        FROM opportunity AS row
        UNION ALL
        SELECT 'touch', count(*), md5(string_agg(md5(row::text), '' ORDER BY lead_id, sequence)), NULL
        FROM touch AS row
        UNION ALL
        SELECT 'stage_interval',
               count(*),
               md5(string_agg(md5(row::text), '' ORDER BY opportunity_id, sequence, step)),
               NULL
        FROM stage_interval AS row
        UNION ALL
        SELECT 'ownership_period',
               count(*),
               md5(string_agg(md5(row::text), '' ORDER BY ownership_id, sequence)),
               NULL
        FROM ownership_period AS row
        UNION ALL
        SELECT 'activity', count(*), md5(string_agg(md5(row::text), '' ORDER BY activity_id, sequence)), NULL
        FROM activity AS row
        UNION ALL
        SELECT 'notification', count(*), md5(string_agg(md5(row::text), '' ORDER BY notification_id)), NULL
        FROM notification AS row
        UNION ALL
        SELECT NULL,
               NULL,
               NULL,
               coalesce(
                   jsonb_agg(jsonb_build_array(topic, partition, topic_id, next_offset)
                             ORDER BY topic, partition),
                   '[]'
               )
        FROM consumer_offset
        WHERE consumer_group = $1
        """,
        group,
    )
    marks = next(row["marks"] for row in rows if row["name"] is None)
    return Picture(
        sums={
            row["name"]: Sum(rows=row["rows"], checksum=row["checksum"] or "")
            for row in rows
            if row["name"] is not None
        },
        marks=[mark_of(mark) for mark in marks],
    )


def mark_of(mark: tuple[str, int, str, int]) -> Mark:
    """A mark from its JSON array."""
    topic, partition, topic_id, next_offset = mark
    return Mark(topic=topic, partition=partition, topic_id=UUID(topic_id), next_offset=next_offset)

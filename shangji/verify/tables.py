"""What is copied from PostgreSQL: statements of the checker's own, as text and whole numbers only."""

from shangji.verify.estate import KINDS, SCHEMAS

PLATFORM = {
    "feed": """
        SELECT '{schema}', position, event_id::text, aggregate_type, aggregate_id::text, sequence,
               type, md5(payload)
          FROM {schema}.feed
    """,
    "outbox": """
        SELECT '{schema}', seq, event_id::text, aggregate_type, aggregate_id::text, sequence,
               type, md5(payload)
          FROM {schema}.outbox
    """,
    "head": "SELECT '{schema}', position FROM {schema}.feed_head",
    "reached": """
        SELECT '{schema}', {kind}, partition, next_offset, stopped_because
          FROM {schema}.consumer_offset
         WHERE consumer_group = '{schema}'
    """,
    "tally": """
        SELECT '{schema}', {kind}, partition, applied, duplicate, skipped, parked, dead
          FROM {schema}.consumer_tally
         WHERE consumer_group = '{schema}'
    """,
    "heard": """
        SELECT '{schema}', aggregate_type, aggregate_id::text, sequence
          FROM {schema}.heard
         WHERE consumer_group = '{schema}'
    """,
    "parked": """
        SELECT '{schema}', aggregate_type, aggregate_id::text, sequence, event_id::text, reason
          FROM {schema}.parked
         WHERE consumer_group = '{schema}'
    """,
    "dead_letter": """
        SELECT '{schema}', {kind}, partition, log_offset
          FROM {schema}.dead_letter
         WHERE consumer_group = '{schema}'
    """,
}

ANSWERS = """
    SELECT '{schema}', principal::text, scope, key, status,
           CASE WHEN NOT is_sealed
                THEN CASE WHEN octet_length(body) < 100000 THEN convert_from(body, 'UTF8') ELSE '' END
           END
      FROM {schema}.idempotency
"""
"""Only copied for a ledger to be compared with."""

BUSINESS = {
    "lead": """
        SELECT id::text, state, grade, owner_id::text, pool_id::text, opportunity_id::text
          FROM leads.lead
    """,
    "holding": """
        SELECT subject_kind, subject_id::text, owner_id::text, unit_id::text, pool_id::text
          FROM leads.holding
    """,
    "deal": """
        SELECT id::text, lead_id::text, stage, status, (amount * 100)::bigint, currency,
               owner_id::text, unit_id::text, closed_on::text
          FROM opportunities.deal
    """,
    "ownership": """
        SELECT id::text, subject_kind, subject_id::text, owner_id::text, unit_id::text,
               pool_id::text
          FROM opportunities.ownership
    """,
    "seen_lead": """
        SELECT lead_id::text, grade, (converted_at IS NOT NULL)::int,
               (disqualified_at IS NOT NULL)::int, (merged_at IS NOT NULL)::int, owner_id::text, touches
          FROM analytics.lead
         WHERE captured_at IS NOT NULL
    """,
    "seen_deal": """
        SELECT opportunity_id::text, lead_id::text, stage, status, (amount * 100)::bigint, currency,
               owner_id::text, unit_id::text, closed_on::text
          FROM analytics.opportunity
         WHERE status IS NOT NULL
    """,
    "period": """
        SELECT ownership_id::text, sequence, owner_id::text, (ended_at IS NOT NULL)::int
          FROM analytics.ownership_period
    """,
    "notice": """
        SELECT notice.id::text, recipient_id::text, cause_id::text, kind, subject_id::text,
               due_at::text, (placed_at < due_at)::int, coalesce(person.active, true)::int
          FROM notifications.notice
          LEFT JOIN notifications.access_person AS person ON person.person_id = recipient_id
    """,
    "left_us": "SELECT person_id::text FROM notifications.access_person WHERE NOT active",
    "follow_up": """
        SELECT subject_id::text, owner_id::text, respond_by::text,
               (reminded_at IS NOT NULL)::int,
               (respond_by < clock_timestamp() + shift - interval '1 minute'
                AND reminded_at IS NULL AND answered_at IS NULL
                AND NOT EXISTS (SELECT FROM notifications.timer_backoff
                                 WHERE item = subject_id::text))::int,
               coalesce(person.active, true)::int
          FROM notifications.clock, notifications.follow_up
          LEFT JOIN notifications.access_person AS person ON person.person_id = owner_id
         WHERE respond_by IS NOT NULL
    """,
}

EFFECTS = {
    ("analytics", "activity"): (
        "activity",
        "activity_id",
        "sequence",
        "count(*)",
        ("activity.logged.v1",),
    ),
    ("analytics", "notification"): (
        "notification",
        "notification_id",
        "1",
        "count(*)",
        ("notification.placed.v1",),
    ),
    ("analytics", "customer"): (
        "customer",
        "customer_id",
        "1",
        "count(*)",
        ("customer.registered.v1",),
    ),
    ("analytics", "touch"): (
        "lead",
        "lead_id",
        "sequence",
        "count(*)",
        ("lead.captured.v1", "lead.touched.v1"),
    ),
    ("analytics", "ownership_period"): (
        "ownership",
        "ownership_id",
        "sequence",
        "count(*)",
        ("ownership.assigned.v1", "ownership.pooled.v1", "ownership.unassigned.v1"),
    ),
    ("analytics", "stage_interval"): (
        "opportunity",
        "opportunity_id",
        "sequence",
        # One event may tell of several stays, each a step of its own.
        "count(*) - count(DISTINCT step) + 1",
        (
            "opportunity.opened.v1",
            "opportunity.recorded.v1",
            "opportunity.stage_changed.v1",
            "opportunity.won.v1",
            "opportunity.lost.v1",
        ),
    ),
    ("opportunities", "lead_copy"): ("lead", "id", "1", "count(*)", ("lead.captured.v1",)),
    ("opportunities", "customer_copy"): (
        "customer",
        "id",
        "1",
        "count(*)",
        ("customer.registered.v1",),
    ),
    ("opportunities", "contact_copy"): ("contact", "id", "1", "count(*)", ("contact.added.v1",)),
}
"""Tables in which each event of some types leaves one row: what it is keyed by, how its
rows are counted, and which types."""


def statements(prefix: str, *, answers: bool) -> list[tuple[str, str]]:
    """All copies as (table of the scratch database, statement)."""
    kind = f"substr(topic, {len(prefix) + 1})"
    platform = PLATFORM | ({"answer": ANSWERS} if answers else {})
    return [
        *(
            (table, sql.format(schema=schema, kind=kind))
            for schema in SCHEMAS
            for table, sql in platform.items()
        ),
        *(("aggregate", _aggregates(kind.owner, kind.name, kind.table)) for kind in KINDS),
        *BUSINESS.items(),
        *(
            ("effect", _effects(schema, table, kind, (id_column, sequence, times)))
            for (schema, table), (kind, id_column, sequence, times, _) in EFFECTS.items()
        ),
    ]


def _aggregates(schema: str, kind: str, table: str) -> str:
    return f"SELECT '{schema}', '{kind}', id::text, sequence FROM {schema}.{table}"  # noqa: S608 - names of our own


def _effects(schema: str, table: str, kind: str, columns: tuple[str, str, str]) -> str:
    id_column, sequence, times = columns
    return f"""
        SELECT '{schema}', '{schema}.{table}', '{kind}', {id_column}::text, {sequence}, {times}
          FROM {schema}.{table}
         GROUP BY 4, 5
    """  # noqa: S608 - names of our own

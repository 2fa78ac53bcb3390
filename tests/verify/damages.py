"""Every kind of damage the checker should see, each with the equation that should see it."""

from tests.verify.harm import (
    Damage,
    gap,
    log,
    misplaced,
    other_payload,
    phantom,
    sql,
    swapped,
    twin,
)

A_DEAL = "(SELECT id FROM opportunities.deal WHERE status = 'won' LIMIT 1)"
A_LEAD = "(SELECT id FROM leads.lead WHERE state = 'open' LIMIT 1)"

ON_THE_ROAD = (
    Damage(
        "a lead's sequence raised without an event",
        "C2",
        sql(f"UPDATE leads.lead SET sequence = sequence + 1 WHERE id = {A_LEAD}"),
    ),
    Damage(
        "a record lost whose events remain",
        "C2",
        sql("DELETE FROM opportunities.activity WHERE kind = 'call'"),
    ),
    Damage(
        "an outbox row left",
        "C3",
        sql(
            """
            INSERT INTO leads.outbox (event_id, aggregate_type, aggregate_id, sequence, type,
                                      headers, payload, occurred_at)
            SELECT event_id, aggregate_type, aggregate_id, sequence, type, headers, payload,
                   occurred_at
              FROM leads.feed LIMIT 1
            """
        ),
    ),
    Damage("a feed row deleted", "C3", sql("DELETE FROM leads.feed WHERE position = 3")),
    Damage(
        "the last feed row deleted",
        "C3",
        sql(
            "DELETE FROM opportunities.feed WHERE position = (SELECT max(position) FROM opportunities.feed)"
        ),
    ),
    Damage(
        "a position hole",
        "C3",
        sql(
            "UPDATE leads.feed SET position = position + 1000"
            " WHERE position = (SELECT max(position) FROM leads.feed)"
        ),
    ),
    Damage(
        "the head ahead of the feed",
        "C3",
        sql("UPDATE leads.feed_head SET position = position + 1"),
    ),
    Damage(
        "an event twice in the feed",
        "C3",
        sql(
            twin("leads.feed", position="row.position + 1000"),
        ),
    ),
    Damage(
        "two sequences swapped in the feed",
        "C4",
        sql(
            """
            UPDATE leads.feed SET sequence = 3 - sequence
             WHERE aggregate_type = 'lead' AND sequence IN (1, 2)
            """
        ),
    ),
    Damage(
        "two positions swapped in the feed",
        "C3",
        sql(
            """
            UPDATE leads.feed AS one SET position = -other.position FROM leads.feed AS other
             WHERE (one.aggregate_type, one.aggregate_id) = (other.aggregate_type, other.aggregate_id)
               AND one.sequence + other.sequence = 3
            """,
            "UPDATE leads.feed SET position = -position WHERE position < 0",
        ),
    ),
    Damage(
        "a feed row whose words were changed",
        "C4",
        sql("UPDATE leads.feed SET payload = '{}' WHERE position = 2"),
    ),
    Damage("an event in Kafka that was never committed", "C4", log("lead", phantom)),
    Damage(
        "an event missing from Kafka",
        "C4",
        log("activity", lambda records: records.pop(0) and None),
    ),
    Damage("a message that says something else", "C4", log("opportunity", other_payload)),
    Damage("a key in the wrong partition", "C5", misplaced),
    Damage("two events in the wrong order in Kafka", "C5", log("lead", swapped, least=2)),
    Damage("a gap among first occurrences", "C5", log("opportunity", gap, least=2)),
    Damage(
        "a consumer ahead of the log",
        "C6",
        sql(
            "UPDATE analytics.consumer_offset SET next_offset = next_offset + 1 WHERE topic LIKE '%lead'"
        ),
    ),
    Damage(
        "a consumer behind the log",
        "C6",
        sql(
            "UPDATE leads.consumer_offset SET next_offset = next_offset - 1 WHERE topic LIKE '%ownership'"
        ),
    ),
    Damage(
        "a partition that stopped",
        "C6",
        sql("UPDATE analytics.consumer_offset SET stopped_because = 'the log begins later'"),
    ),
    Damage(
        "a duplicate that was not counted",
        "C6",
        sql("UPDATE analytics.consumer_tally SET duplicate = duplicate + 1"),
    ),
    Damage(
        "a tally that is wrong",
        "C7",
        sql("UPDATE notifications.consumer_tally SET applied = applied + 1"),
    ),
    Damage(
        "a message skipped that was counted as dead",
        "C6",
        sql("UPDATE analytics.consumer_tally SET dead = dead + 1"),
    ),
    Damage(
        "a heard row ahead",
        "C7",
        sql("UPDATE analytics.heard SET sequence = sequence + 1 WHERE aggregate_type = 'lead'"),
    ),
    Damage(
        "a parked row removed",
        "C7",
        # Of a lead whose last event waited, what is left once the row is gone.
        sql(f"UPDATE analytics.heard SET sequence = sequence - 1 WHERE aggregate_id = {A_LEAD}"),
    ),
    Damage(
        "a parked row that nobody said",
        "C7",
        sql(
            """
            INSERT INTO analytics.parked (consumer_group, aggregate_type, aggregate_id, sequence,
                                          reason, event_id, type, headers, payload, occurred_at,
                                          topic, partition, log_offset, parked_at)
            SELECT 'analytics', 'lead', gen_random_uuid(), 1, 'gap', gen_random_uuid(), type,
                   headers, payload, occurred_at, 'world.lead', 0, 0, now()
              FROM leads.feed LIMIT 1
            """
        ),
    ),
    Damage(
        "an effect doubled",
        "C7",
        sql(twin("analytics.activity", activity_id="gen_random_uuid()")),
    ),
    Damage(
        "an effect lost",
        "C7",
        sql("DELETE FROM analytics.stage_interval WHERE sequence = 1"),
    ),
    Damage(
        "a touch counted twice",
        "C7",
        sql("UPDATE analytics.lead SET touches = touches + 1 WHERE touches = 1"),
    ),
    Damage(
        "a second owner",
        "C7",
        sql(
            "ALTER TABLE opportunities.ownership DROP CONSTRAINT ownership_subject_kind_subject_id_key",
            twin("opportunities.ownership", "subject_kind = 'lead'", id="gen_random_uuid()"),
        ),
    ),
    Damage(
        "a second open period of an ownership",
        "C7",
        sql(twin("analytics.ownership_period", "ended_at IS NULL", sequence="row.sequence + 7")),
    ),
)

OF_MEANING = (
    Damage(
        "an amount shifted",
        "C8",
        sql(f"UPDATE opportunities.deal SET amount = amount + 0.01 WHERE id = {A_DEAL}"),
    ),
    Damage(
        "a reported amount drifted",
        "C8",
        sql(
            f"UPDATE analytics.opportunity SET amount = amount - 1 WHERE opportunity_id = {A_DEAL}"
        ),
    ),
    Damage(
        "a deal's closing day shifted",
        "C8",
        sql(
            f"UPDATE analytics.opportunity SET closed_on = closed_on - 1 WHERE opportunity_id = {A_DEAL}"
        ),
    ),
    Damage(
        "a deal missing from the reports",
        "C8",
        sql(f"DELETE FROM analytics.opportunity WHERE opportunity_id = {A_DEAL}"),
    ),
    Damage(
        "a lead's row changed without an event",
        "C8",
        sql(f"UPDATE leads.lead SET state = 'qualified' WHERE id = {A_LEAD}"),
    ),
    Damage(
        "a lead's grade drifted in the reports", "C8", sql("UPDATE analytics.lead SET grade = 'X'")
    ),
    Damage(
        "a lead's owner changed by nobody",
        "C8",
        sql(f"UPDATE leads.lead SET owner_id = gen_random_uuid() WHERE id = {A_LEAD}"),
    ),
    Damage(
        "an ownership changed without an event",
        "C8",
        sql("UPDATE opportunities.ownership SET owner_id = NULL WHERE subject_kind = 'customer'"),
    ),
    Damage(
        "a converted lead without its opportunity",
        "C10",
        sql(
            f"DELETE FROM opportunities.deal_move WHERE deal_id = {A_DEAL}",
            f"DELETE FROM opportunities.deal WHERE id = {A_DEAL}",
        ),
    ),
    Damage(
        "two opportunities of one lead",
        "C10",
        sql(twin("opportunities.deal", "lead_id IS NOT NULL", id="gen_random_uuid()")),
    ),
    Damage(
        "a deal won that nobody won",
        "C10",
        sql(
            "UPDATE opportunities.deal SET status = 'won', closed_on = '2026-01-01' WHERE status = 'lost'"
            " OR status = 'open'"
        ),
    ),
    Damage(
        "a notice doubled for one cause and reader",
        "C12",
        sql(
            "ALTER TABLE notifications.notice DROP CONSTRAINT notice_once",
            twin("notifications.notice", id="gen_random_uuid()", position="1000"),
        ),
    ),
    Damage(
        "a reminder doubled for one deadline",
        "C12",
        sql(
            twin(
                "notifications.notice",
                "kind = 'follow_up_overdue'",
                id="gen_random_uuid()",
                cause_id="gen_random_uuid()",
                position="1000",
            )
        ),
    ),
    Damage(
        "a reminder sent too early",
        "C12",
        sql(
            "UPDATE notifications.notice SET placed_at = due_at - interval '1 s' WHERE kind = 'follow_up_overdue'"
        ),
    ),
    Damage(
        "a reminder marked but never placed",
        "C12",
        sql(
            "DELETE FROM notifications.delivery",
            "DELETE FROM notifications.notice WHERE kind = 'follow_up_overdue'",
        ),
    ),
    Damage(
        "a new owner never told",
        "C12",
        sql(
            "DELETE FROM notifications.delivery",
            "DELETE FROM notifications.notice WHERE kind = 'new_owner'",
        ),
    ),
    Damage(
        "a notice without a cause",
        "C12",
        sql("UPDATE notifications.notice SET cause_id = gen_random_uuid() WHERE kind = 'deal_won'"),
    ),
    Damage(
        "a feed that skips a position",
        "C14",
        sql("DELETE FROM opportunities.feed WHERE position = 5"),
    ),
)

DAMAGES = (*ON_THE_ROAD, *OF_MEANING)

"""C2 to C6: from the committed change to the position of every listener.

V is the sum of sequences, F the feed, O the outbox, P the last position, T the topics, D the events
in them, and for a listener: N applied, U duplicates, R skipped, X parked.
"""

from shangji.verify.equations.check import Check

C2 = (
    Check(
        equation="C2",
        says="V = F + O: a record's sequence is that of its last event",
        sql="""
        WITH said AS (
            SELECT kind, id, count(DISTINCT sequence) AS events, max(sequence) AS last
              FROM (SELECT kind, id, sequence FROM feed
                    UNION ALL SELECT kind, id, sequence FROM outbox)
             GROUP BY kind, id
        )
        SELECT a.kind || ' ' || a.id,
               a.service AS "row.service", a.sequence AS "row.sequence",
               said.events AS "events.count", said.last AS "events.last"
          FROM aggregate AS a
          LEFT JOIN said ON said.kind = a.kind AND said.id = a.id
         WHERE said.last IS NOT a.sequence OR said.events IS NOT a.sequence
        """,
    ),
    Check(
        equation="C2",
        says="V = F + O: every event is about a record that exists once",
        sql="""
        SELECT f.kind || ' ' || f.id,
               f.service AS "event.service", f.event_id AS "event.id", f.type AS "event.type",
               count(a.id) AS "row.count"
          FROM (SELECT service, event_id, kind, id, sequence, type FROM feed
                UNION ALL SELECT service, event_id, kind, id, sequence, type FROM outbox) AS f
          LEFT JOIN aggregate AS a ON a.kind = f.kind AND a.id = f.id
         WHERE f.sequence = 1
         GROUP BY f.event_id
        HAVING count(a.id) <> 1
        """,
    ),
)

C3 = (
    Check(
        equation="C3",
        says="O = 0: nothing is left in an outbox at rest",
        sql="""
        SELECT kind || ' ' || id,
               service AS "outbox.service", seq AS "outbox.seq", event_id AS "outbox.event_id",
               sequence AS "outbox.sequence", type AS "outbox.type"
          FROM outbox
        """,
    ),
    Check(
        equation="C3",
        says="F = P: the head is the last position, and counts all",
        sql="""
        SELECT head.service, head.position AS "head.position",
               count(feed.position) AS "feed.count", max(feed.position) AS "feed.last"
          FROM head
          LEFT JOIN feed ON feed.service = head.service
         GROUP BY head.service, head.position
        HAVING count(feed.position) <> head.position
            OR coalesce(max(feed.position), 0) <> head.position
        """,
    ),
    Check(
        equation="C3",
        says="positions are 1 to P without a hole",
        sql="""
        WITH spaced AS (
            SELECT service, position, event_id,
                   lag(position, 1, 0) OVER (PARTITION BY service ORDER BY position) AS previous
              FROM feed
        )
        SELECT service || ' position ' || (previous + 1),
               previous AS "before.position", position AS "after.position",
               event_id AS "after.event_id"
          FROM spaced
         WHERE position <> previous + 1
        """,
    ),
    Check(
        equation="C3",
        says="each event is in the feed once",
        sql="""
        SELECT kind || ' ' || id, min(position) AS "first.position", max(position) AS "last.position",
               sequence AS "last.sequence", count(*) AS "last.times"
          FROM feed
         GROUP BY kind, id, sequence
        HAVING count(*) > 1
        """,
    ),
    Check(
        equation="C3",
        says="in a feed, each record's events stand in their order",
        sql="""
        SELECT earlier.kind || ' ' || earlier.id,
               earlier.sequence AS "earlier.sequence", earlier.position AS "earlier.position",
               later.sequence AS "later.sequence", later.position AS "later.position"
          FROM feed AS earlier
          JOIN feed AS later
            ON later.kind = earlier.kind AND later.id = earlier.id
           AND later.sequence = earlier.sequence + 1
         WHERE later.position < earlier.position
        """,
    ),
)

C4 = (
    Check(
        equation="C4",
        says="F = D: every event of a feed is in Kafka",
        sql="""
        SELECT feed.kind || ' ' || feed.id,
               feed.service AS "feed.service", feed.position AS "feed.position",
               feed.event_id AS "feed.event_id", feed.sequence AS "feed.sequence",
               feed.type AS "feed.type", NULL AS "topic.log_offset"
          FROM feed
          LEFT JOIN record ON record.event_id = feed.event_id AND NOT record.injected
         WHERE record.event_id IS NULL
        """,
    ),
    Check(
        equation="C4",
        says="F = D: every event in Kafka was committed",
        sql="""
        SELECT record.kind || ' ' || coalesce(record.id, '?'),
               record.partition AS "topic.partition", record.log_offset AS "topic.log_offset",
               record.event_id AS "topic.event_id", record.sequence AS "topic.sequence",
               record.type AS "topic.type", NULL AS "feed.position"
          FROM record
          LEFT JOIN feed ON feed.event_id = record.event_id
          LEFT JOIN outbox ON outbox.event_id = record.event_id
         WHERE NOT record.injected AND feed.event_id IS NULL AND outbox.event_id IS NULL
        """,
    ),
    Check(
        equation="C4",
        says="an event is the same in the feed and in Kafka",
        sql="""
        SELECT feed.kind || ' ' || feed.id,
               feed.position AS "feed.position", feed.id AS "feed.id",
               feed.sequence AS "feed.sequence", feed.type AS "feed.type",
               feed.digest AS "feed.payload", record.log_offset AS "topic.log_offset",
               record.id AS "topic.id", record.sequence AS "topic.sequence",
               record.type AS "topic.type", record.digest AS "topic.payload"
          FROM feed
          JOIN record ON record.event_id = feed.event_id AND NOT record.injected
         WHERE (feed.kind, feed.id, feed.sequence, feed.type, feed.digest)
            <> (record.kind, record.id, record.sequence, record.type, record.digest)
        """,
    ),
)

C5 = (
    Check(
        equation="C5",
        says="a record's events lie in the partition of its key, for ever",
        sql="""
        SELECT kind || ' ' || id, log_offset AS "topic.log_offset", record_key AS "topic.key",
               partition AS "topic.partition", home AS "map.partition", sequence AS "topic.sequence"
          FROM record
         WHERE readable AND NOT injected AND (partition <> home OR record_key <> id)
        """,
    ),
    Check(
        equation="C5",
        says="first occurrences come in order",
        unless_reheard=True,
        sql="""
        SELECT earlier.kind || ' ' || earlier.id,
               earlier.sequence AS "earlier.sequence", earlier.log_offset AS "earlier.log_offset",
               later.sequence AS "later.sequence", later.log_offset AS "later.log_offset"
          FROM first AS earlier
          JOIN first AS later
            ON later.kind = earlier.kind AND later.id = earlier.id
           AND later.sequence = earlier.sequence + 1
         WHERE later.partition = earlier.partition AND later.log_offset < earlier.log_offset
        """,
    ),
    Check(
        equation="C5",
        says="first occurrences are 1 to n without a hole, n being the record's sequence",
        sql="""
        WITH said AS (
            SELECT kind, id, count(*) AS events, max(sequence) AS last FROM first GROUP BY kind, id
        )
        SELECT a.kind || ' ' || a.id, a.sequence AS "row.sequence",
               said.events AS "topic.events", said.last AS "topic.last"
          FROM aggregate AS a
          LEFT JOIN said ON said.kind = a.kind AND said.id = a.id
         WHERE said.last IS NOT a.sequence OR said.events IS NOT a.sequence
        """,
    ),
)

C6 = (
    Check(
        equation="C6",
        says="Off = T: every listener stands at the end of the log",
        sql="""
        SELECT listener.service || ' ' || ends.kind || '/' || ends.partition,
               reached.next_offset AS "listener.next_offset",
               reached.stopped_because AS "listener.stopped_because", ends.ends AS "topic.end"
          FROM partition_end AS ends
          JOIN listener ON listener.kind = ends.kind
          LEFT JOIN reached
            ON reached.service = listener.service AND reached.kind = ends.kind
           AND reached.partition = ends.partition
         WHERE coalesce(reached.next_offset, 0) <> ends.ends OR reached.stopped_because IS NOT NULL
        """,
    ),
    Check(
        equation="C6",
        says="N + U + R + X = T: every message is accounted for",
        unless_reheard=True,
        sql="""
        WITH lying AS (
            SELECT kind, partition, count(*) AS messages FROM record GROUP BY kind, partition
        )
        SELECT listener.service || ' ' || lying.kind || '/' || lying.partition,
               tally.applied AS "listener.applied", tally.duplicate AS "listener.duplicate",
               tally.skipped AS "listener.skipped", tally.parked AS "listener.parked",
               tally.dead AS "listener.dead", lying.messages AS "topic.messages"
          FROM lying
          JOIN listener ON listener.kind = lying.kind
          LEFT JOIN tally
            ON tally.service = listener.service AND tally.kind = lying.kind
           AND tally.partition = lying.partition
         WHERE tally.applied + tally.duplicate + tally.skipped + tally.parked + tally.dead
            IS NOT lying.messages
        """,
    ),
    Check(
        equation="C6",
        says="what a listener could not read is kept",
        unless_reheard=True,
        sql="""
        SELECT tally.service || ' ' || tally.kind || '/' || tally.partition,
               tally.dead AS "listener.dead", count(kept.log_offset) AS "kept.count"
          FROM tally
          LEFT JOIN dead_letter AS kept
            ON kept.service = tally.service AND kept.kind = tally.kind
           AND kept.partition = tally.partition
         GROUP BY tally.service, tally.kind, tally.partition, tally.dead
        HAVING count(kept.log_offset) <> tally.dead
        """,
    ),
)

ROAD: tuple[Check, ...] = (*C2, *C3, *C4, *C5, *C6)

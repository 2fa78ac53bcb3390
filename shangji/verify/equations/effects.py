"""C7: every event takes effect once with every listener, and nothing else takes effect."""

from shangji.verify.equations.check import Check

EFFECTS: tuple[Check, ...] = (
    Check(
        equation="C7",
        says="N + R + X = D: as many took effect, were passed over or wait as there are events",
        sql="""
        WITH lying AS (
            SELECT kind, partition, count(DISTINCT id || ' ' || sequence) AS events
              FROM record
             WHERE readable
             GROUP BY kind, partition
        )
        SELECT listener.service || ' ' || lying.kind || '/' || lying.partition,
               tally.applied AS "listener.applied", tally.skipped AS "listener.skipped",
               tally.parked AS "listener.parked", lying.events AS "topic.events"
          FROM lying
          JOIN listener ON listener.kind = lying.kind
          LEFT JOIN tally
            ON tally.service = listener.service AND tally.kind = lying.kind
           AND tally.partition = lying.partition
         WHERE tally.applied + tally.skipped + tally.parked IS NOT lying.events
        """,
    ),
    Check(
        equation="C7",
        says="what a listener has heard of a record, and what waits there, is all there is",
        sql="""
        WITH lying AS (
            SELECT kind, id, count(*) AS events FROM first GROUP BY kind, id
        ), waiting AS (
            SELECT service, kind, id, count(*) AS events FROM parked GROUP BY service, kind, id
        )
        SELECT listener.service || ' ' || lying.kind || ' ' || lying.id,
               coalesce(heard.sequence, 0) AS "listener.heard",
               coalesce(waiting.events, 0) AS "listener.parked", lying.events AS "topic.events"
          FROM lying
          JOIN listener ON listener.kind = lying.kind
          LEFT JOIN heard
            ON heard.service = listener.service AND heard.kind = lying.kind AND heard.id = lying.id
          LEFT JOIN waiting
            ON waiting.service = listener.service AND waiting.kind = lying.kind
           AND waiting.id = lying.id
         WHERE coalesce(heard.sequence, 0) + coalesce(waiting.events, 0) <> lying.events
        """,
    ),
    Check(
        equation="C7",
        says="nothing is heard or waits that was never said",
        sql="""
        SELECT told.service || ' ' || told.kind || ' ' || told.id,
               told.sequence AS "listener.sequence", NULL AS "topic.sequence"
          FROM (SELECT service, kind, id, sequence FROM heard
                UNION ALL SELECT service, kind, id, sequence FROM parked) AS told
          LEFT JOIN record ON record.kind = told.kind AND record.id = told.id
         WHERE record.id IS NULL
        """,
    ),
    Check(
        equation="C7",
        says="an effect has a cause, and is there once",
        sql="""
        SELECT effect.name || ' ' || effect.id,
               effect.sequence AS "effect.sequence", effect.times AS "effect.times",
               record.event_id AS "event.id", record.type AS "event.type"
          FROM effect
          LEFT JOIN record
            ON record.kind = effect.kind AND record.id = effect.id
           AND record.sequence = effect.sequence
           AND record.type IN (SELECT type FROM caused WHERE caused.name = effect.name)
         WHERE effect.times > 1 OR record.id IS NULL
         GROUP BY effect.name, effect.kind, effect.id, effect.sequence
        """,
    ),
    Check(
        equation="C7",
        says="an event that does not wait has its effect",
        sql="""
        SELECT caused.name || ' ' || first.id,
               first.event_id AS "event.id", first.type AS "event.type",
               first.sequence AS "event.sequence", NULL AS "effect.times"
          FROM caused
          JOIN first ON first.type = caused.type
          LEFT JOIN effect
            ON effect.name = caused.name AND effect.kind = first.kind AND effect.id = first.id
           AND effect.sequence = first.sequence
         WHERE effect.id IS NULL
           AND NOT EXISTS (SELECT 1 FROM parked
                            WHERE parked.service = substr(caused.name, 1, instr(caused.name, '.') - 1)
                              AND parked.id = first.id AND parked.sequence <= first.sequence)
        """,
    ),
    Check(
        equation="C7",
        says="a lead is touched as often as somebody came again",
        sql="""
        SELECT seen.id, seen.touches AS "analytics.touches", folded.touches AS "events.touches"
          FROM seen_lead AS seen
          JOIN folded_lead AS folded ON folded.id = seen.id
         WHERE seen.touches <> folded.touches
           AND seen.id NOT IN (SELECT id FROM parked WHERE service = 'analytics' AND kind = 'lead')
        """,
    ),
    Check(
        equation="C7",
        says="a subject has one ownership",
        sql="""
        SELECT subject_kind || ' ' || subject_id, min(id) AS "one.ownership", min(owner) AS "one.owner",
               max(id) AS "other.ownership", max(owner) AS "other.owner"
          FROM ownership
         GROUP BY subject_kind, subject_id
        HAVING count(*) > 1
        """,
    ),
    Check(
        equation="C7",
        says="an ownership has one open period, its last",
        sql="""
        SELECT ownership_id, min(sequence) AS "open.first", max(sequence) AS "open.last",
               count(*) AS "open.count"
          FROM period
         WHERE NOT ended
         GROUP BY ownership_id
        HAVING count(*) > 1
        """,
    ),
)

"""C14: a client that pages through a feed gets exactly 1 to P, in order, from wherever it starts."""

from shangji.verify.equations.check import Check

FEEDS: tuple[Check, ...] = (
    Check(
        equation="C14",
        says="a walk through the whole feed shows every event",
        sql="""
        SELECT feed.service || ' position ' || feed.position,
               feed.event_id AS "feed.event_id", NULL AS "page.event_id"
          FROM feed
          LEFT JOIN page
            ON page.service = feed.service AND page.position = feed.position AND page.round = 0
         WHERE page.position IS NULL
        """,
    ),
    Check(
        equation="C14",
        says="a page follows its cursor without a hole, with nothing twice",
        sql="""
        WITH walked AS (
            SELECT service, round, number, position, event_id,
                   lag(position) OVER (PARTITION BY service, round ORDER BY number) AS previous
              FROM page
        )
        SELECT service || ' position ' || coalesce(position, '?'), previous AS "before.position",
               position AS "page.position", event_id AS "page.event_id"
          FROM walked
         WHERE previous IS NOT NULL AND position <> previous + 1
        """,
    ),
    Check(
        equation="C14",
        says="a page shows the event that stands at its position",
        sql="""
        SELECT page.service || ' position ' || page.position, page.event_id AS "page.event_id",
               feed.event_id AS "feed.event_id"
          FROM page
          JOIN feed ON feed.service = page.service AND feed.position = page.position
         WHERE page.event_id IS NOT NULL AND page.event_id <> feed.event_id
        """,
    ),
)

-- A look that failed is noted under the record it was for, no longer under where the feed spoke of it.
INSERT INTO timer_backoff (timer, item, attempts, retry_at, last_error)
SELECT DISTINCT ON (feed.aggregate_type, feed.aggregate_id)
       failed.timer, feed.aggregate_type || ' ' || feed.aggregate_id, failed.attempts, failed.retry_at,
       failed.last_error
  FROM timer_backoff AS failed
  JOIN feed ON feed.position::text = failed.item
 WHERE failed.timer = 'look for duplicates';

DELETE FROM timer_backoff
 WHERE timer = 'look for duplicates'
   AND item ~ '^\d+$';

"""All metrics of the platform, so that their names are written once."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("shangji_commands_total", "Requests answered", ["method", "route", "status"])
COMMAND_SECONDS = Histogram(
    "shangji_request_seconds", "Time from request to answer, in seconds", ["method", "route"]
)
RELAYED = Counter("shangji_events_relayed_total", "Events acknowledged by Kafka")
OUTBOX_DEPTH = Gauge("shangji_outbox_events", "Events that wait for the relay, at its last look")
RELAY_FAILURES = Counter("shangji_relay_failures_total", "Times the relay started anew")
APPLIED = Counter("shangji_events_applied_total", "Events that took effect", ["topic"])
DUPLICATES = Counter("shangji_events_duplicate_total", "Events heard before", ["topic"])
SKIPPED = Counter("shangji_events_skipped_total", "Events nobody here listens to", ["topic"])
PARKED = Counter(
    "shangji_events_parked_total", "Events parked behind their key", ["topic", "reason"]
)
DEAD_LETTERS = Counter("shangji_dead_letters_total", "Messages that cannot be read", ["topic"])
CONSUMER_RESTARTS = Counter("shangji_consumer_restarts_total", "Consumers recycled", ["cause"])
TIMER_FIRED = Counter("shangji_timer_items_total", "Due items handled", ["timer"])
TIMER_FAILED = Counter("shangji_timer_failures_total", "Due items that failed", ["timer"])
LEARNED_SCORE_DRIFT = Gauge(
    "shangji_learned_score_drift", "How far the leads of late lie from those learned from, at most"
)

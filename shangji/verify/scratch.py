"""A database on disk that everything is copied into, so that no amount of events fills the memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shangji.verify.topics import Row

SCHEMA = """
CREATE TABLE feed (service, position INT, event_id, kind, id, sequence INT, type, digest);
CREATE TABLE outbox (service, seq INT, event_id, kind, id, sequence INT, type, digest);
CREATE TABLE head (service, position INT);
CREATE TABLE aggregate (service, kind, id, sequence INT);

CREATE TABLE partition_end (kind, partition INT, ends INT);
CREATE TABLE listener (service, kind);
CREATE TABLE record (kind, partition INT, log_offset INT, injected INT, readable INT, event_id, id,
                     sequence INT, type, digest, record_key, home INT, value);
CREATE TABLE stranger (id PRIMARY KEY);
CREATE TABLE first (kind, id, sequence INT, type, event_id, partition INT, log_offset INT, value);

CREATE TABLE reached (service, kind, partition INT, next_offset INT, stopped_because);
CREATE TABLE tally (service, kind, partition INT, applied INT, duplicate INT, skipped INT,
                    parked INT, dead INT);
CREATE TABLE heard (service, kind, id, sequence INT);
CREATE TABLE parked (service, kind, id, sequence INT, event_id, reason);
CREATE TABLE dead_letter (service, kind, partition INT, log_offset INT);
CREATE TABLE effect (service, name, kind, id, sequence INT, times INT);
CREATE TABLE caused (name, type);

CREATE TABLE lead (id, state, grade, owner, pool, opportunity_id);
CREATE TABLE deal (id, lead_id, stage, status, amount INT, currency, owner, unit, closed_on);
CREATE TABLE ownership (id, subject_kind, subject_id, owner, unit, pool);
CREATE TABLE holding (subject_kind, subject_id, owner, unit, pool);
CREATE TABLE seen_lead (id, grade, converted INT, disqualified INT, merged INT, owner, touches INT);
CREATE TABLE seen_deal (id, lead_id, stage, status, amount INT, currency, owner, unit, closed_on);
CREATE TABLE period (ownership_id, sequence INT, owner, ended INT);

CREATE TABLE folded_lead (id, state, grade, seen_grade, converted INT, disqualified INT, merged INT,
                          touches INT, opportunity_id);
CREATE TABLE folded_deal (id, lead_id, stage, status, amount INT, currency, owner, unit, closed_on,
                          recorded INT);
CREATE TABLE folded_ownership (id, subject_kind, subject_id, owner, unit, pool);

CREATE TABLE notice (id, recipient, cause_id, kind, subject_id, due_at, early INT, active INT);
CREATE TABLE left_us (id);
CREATE TABLE follow_up (subject_id, owner, respond_by, reminded INT, overdue INT, active INT);

CREATE TABLE answer (service, principal, scope, key, status INT, body);
CREATE TABLE told (number INT, key, principal, status, scope, response_id);
CREATE TABLE page (service, round, number INT, position INT, event_id);
"""

INDEXES = """
CREATE INDEX feed_position ON feed (service, position);
CREATE INDEX feed_event ON feed (event_id);
CREATE INDEX feed_aggregate ON feed (kind, id, sequence);
CREATE INDEX aggregate_id ON aggregate (kind, id);
CREATE INDEX record_event ON record (event_id);
CREATE INDEX record_id ON record (kind, id, sequence);
CREATE INDEX record_place ON record (kind, partition);
CREATE INDEX heard_id ON heard (kind, id);
CREATE INDEX parked_id ON parked (service, kind, id);
CREATE INDEX effect_cause ON effect (name, kind, id, sequence);
CREATE INDEX lead_id ON lead (id);
CREATE INDEX deal_id ON deal (id);
CREATE INDEX deal_lead ON deal (lead_id);
CREATE INDEX ownership_id ON ownership (id);
CREATE INDEX holding_id ON holding (subject_kind, subject_id);
CREATE INDEX seen_lead_id ON seen_lead (id);
CREATE INDEX seen_deal_id ON seen_deal (id);
CREATE INDEX notice_subject ON notice (kind, subject_id);
CREATE INDEX notice_cause ON notice (cause_id);
CREATE INDEX answer_key ON answer (key);
CREATE INDEX told_key ON told (key);
CREATE INDEX page_position ON page (service, position);
"""

FIRST = """
INSERT INTO first
SELECT kind, id, sequence, type, event_id, partition, min(log_offset), value
  FROM record
 WHERE readable AND NOT injected
 GROUP BY kind, id, sequence;
CREATE INDEX first_id ON first (kind, id, sequence);
CREATE INDEX first_event ON first (event_id);
CREATE INDEX first_type ON first (type);
INSERT INTO stranger
SELECT DISTINCT id FROM record WHERE injected AND id IS NOT NULL
EXCEPT
SELECT id FROM first;
"""
"""Of each event the record that came first; SQLite takes the bare columns from the row of `min`.

Strangers are known from what a test has put into a topic, and from nothing else: a test may also say
again what was said of a record of ours.
"""

FOLD_INDEXES = """
CREATE INDEX folded_lead_id ON folded_lead (id);
CREATE INDEX folded_deal_id ON folded_deal (id);
CREATE INDEX folded_ownership_id ON folded_ownership (id);
CREATE INDEX folded_ownership_subject ON folded_ownership (subject_kind, subject_id);
"""


class Scratch:
    """Rows go in table by table; questions come out of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def script(self, text: str) -> None:
        """Run statements."""
        self._connection.executescript(text)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows that have all columns of the table, in order; they may come one by one."""
        columns = len(self._connection.execute(f"PRAGMA table_info ({table})").fetchall())
        marks = ", ".join("?" * columns)
        self._connection.execute("BEGIN")
        self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names of our own
        self._connection.execute("COMMIT")

    def ask(self, sql: str) -> sqlite3.Cursor:
        """A cursor over the answer."""
        return self._connection.execute(sql)

    def number(self, sql: str) -> int:
        """A single number."""
        return self._connection.execute(sql).fetchone()[0] or 0


@contextmanager
def open_scratch() -> Iterator[Scratch]:
    """A scratch database that is gone in the end."""
    with tempfile.TemporaryDirectory(prefix="shangji-verify-") as folder:
        connection = sqlite3.connect(Path(folder) / "scratch.db", isolation_level=None)
        # Nobody misses it after a crash.
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        try:
            scratch = Scratch(connection)
            scratch.script(SCHEMA)
            yield scratch
        finally:
            connection.close()

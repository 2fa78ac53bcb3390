"""Whoever starts a stack in the background hears what its journal says."""

import io
from pathlib import Path

from rich.console import Console

from shangji.journal import Journal, Listener


def test_a_listener_hears_each_sentence_once_and_nothing_from_before(tmp_path: Path):
    log = tmp_path / "supervisor.log"
    journal = Journal(log, Console(file=io.StringIO()))
    journal.note("before")
    listener = Listener(log)

    journal.note("PostgreSQL: done in 1.2 s")
    first = listener.news()
    journal.say("The demo company is loaded")
    second = listener.news()
    journal.close()

    assert first == ["PostgreSQL: done in 1.2 s"]
    assert second == ["The demo company is loaded"]
    assert listener.news() == []


def test_a_listener_goes_on_when_the_log_begins_anew(tmp_path: Path):
    log = tmp_path / "supervisor.log"
    log.write_text("2026-03-02T01:30:00.000+00:00 a long life before\n")
    listener = Listener(log)

    log.write_text("2026-03-02T01:30:00.000+00:00 anew\n")

    assert listener.news() == ["anew"]

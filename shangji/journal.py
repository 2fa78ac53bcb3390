"""What the supervisor tells: a sentence to the person, the same sentence with a time to its log."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

MOST_LOG_BYTES = 10 * 1024**2


class Journal:
    """One voice for a stack's life: console and `supervisor.log`."""

    def __init__(self, log: Path, console: Console) -> None:
        rotate(log)
        self.console = console
        self._file = log.open("a", buffering=1)

    def say(self, sentence: str) -> None:
        """Tell the person and the log."""
        self.note(sentence)
        self.console.print(sentence, highlight=False, soft_wrap=True, markup=False)

    def note(self, sentence: str) -> None:
        """Tell the log only; a full disk must not end those who tell."""
        with suppress(OSError):
            self._file.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {sentence}\n")

    @contextmanager
    def steps(self) -> Iterator["Steps"]:
        """Show the running steps, each with its time, while the block lasts."""
        columns = [SpinnerColumn(finished_text="✓"), TextColumn("{task.description}")]
        bar = BarColumn(bar_width=20)
        with Progress(*columns, bar, TimeElapsedColumn(), console=self.console) as progress:
            yield Steps(progress, self)

    def close(self) -> None:
        self._file.close()


class Steps:
    """The steps of a start, as the person sees them."""

    def __init__(self, progress: Progress, journal: Journal) -> None:
        self._progress = progress
        self._journal = journal

    @contextmanager
    def step(self, title: str) -> Iterator["Step"]:
        """Show one step from beginning to end."""
        task = self._progress.add_task(title, total=None)
        started = datetime.now(UTC)
        yield Step(self._progress, task, title)
        self._progress.update(task, description=title, total=1, completed=1)
        took = (datetime.now(UTC) - started).total_seconds()
        self._journal.note(f"{title}: done in {took:.1f} s")


class Step:
    """One running step; it may say how far it is."""

    def __init__(self, progress: Progress, task: TaskID, title: str) -> None:
        self._progress = progress
        self._task = task
        self._title = title

    def at(self, done: int, of: int, doing: str) -> None:
        """Say how much is done."""
        description = f"{self._title}: {doing}"
        self._progress.update(self._task, completed=done, total=of, description=description)

    def doing(self, what: str) -> None:
        """Say what is going on when its length is not known."""
        self._progress.update(self._task, total=None, description=f"{self._title}: {what}")


class Listener:
    """Hears what a journal's log says from now on."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._heard = log.stat().st_size if log.exists() else 0

    def news(self) -> list[str]:
        """The sentences that were added, without their times."""
        said = self._log.read_bytes() if self._log.exists() else b""
        if len(said) < self._heard:  # set aside, and begun anew
            self._heard = 0
        whole = said[self._heard : said.rfind(b"\n") + 1]
        self._heard += len(whole)
        return [line.partition(" ")[2] for line in whole.decode(errors="replace").splitlines()]


def rotate(log: Path) -> None:
    """Set a log that has grown past its bound aside as `.1`, over the one before."""
    if log.exists() and log.stat().st_size > MOST_LOG_BYTES:
        log.replace(log.with_suffix(log.suffix + ".1"))


def tail(log: Path, lines: int = 3) -> str:
    """Return the last lines of a log, for a sentence that says why something failed."""
    if not log.exists():
        return ""
    found = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    return " · ".join([line for line in found if line][-lines:])[-600:]

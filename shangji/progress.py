"""Progress bars on standard error, so that standard output stays for answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from shangji.client import Client, Unrest


class Bars:
    """One bar at a time, named after what is being done."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None, doing="")
        self._most = 0

    def about(self, subject: str) -> None:
        """Begin with something new."""
        self._bars.update(self._task, description=subject, total=None, completed=0, doing="")

    def at(self, doing: str, done: int, of: int) -> None:
        """How far it is."""
        self._bars.update(self._task, completed=done, total=of, doing=f"{doing} {done:,}")

    async def wait_for_quiet(self, client: Client) -> None:
        """Wait until every service has heard what the others said."""
        self.about("waiting until all services have heard")
        self._most = 0
        await client.wait_for_quiet(self._unrest)

    def _unrest(self, unrest: Unrest) -> None:
        self._most = max(self._most, unrest.events, 1)
        self._bars.update(
            self._task, completed=self._most - unrest.events, total=self._most, doing=str(unrest)
        )


@contextmanager
def bars(console: Console | None = None, *, quiet: bool = False) -> Iterator[Bars]:
    """Show progress until the block ends, and then leave nothing of it."""
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[doing]}"),
        TimeElapsedColumn(),
        console=console or Console(stderr=True),
        transient=True,
        disable=quiet,
    )
    with progress:
        yield Bars(progress)

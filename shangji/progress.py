"""Progress bars on standard error, so that standard output stays for answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from shangji.client import Client, Unrest


class Bar:
    """How far one thing is."""

    def __init__(self, bars: Progress, subject: str) -> None:
        self._bars = bars
        self._task = bars.add_task(subject, total=None, doing="")

    def about(self, subject: str) -> None:
        """Begin with something new."""
        self._bars.reset(self._task, total=None, description=subject, doing="")

    def at(self, doing: str, done: int, of: int) -> None:
        """This much of so much is done."""
        self._bars.update(self._task, completed=done, total=of, doing=f"{doing} {done:,}")

    def done(self) -> None:
        """Nothing more will come."""
        self._bars.update(self._task, completed=1, total=1, doing="")

    async def wait_for_quiet(self, client: Client) -> None:
        """Wait until every service has heard what the others said."""
        self.about("waiting until all services have heard")
        most = 1

        def show(unrest: Unrest) -> None:
            nonlocal most
            most = max(most, unrest.events)
            self._bars.update(
                self._task, completed=most - unrest.events, total=most, doing=str(unrest)
            )

        await client.wait_for_quiet(show)


class Bars:
    """Several things that go on at the same time."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars

    def bar(self, subject: str = "") -> Bar:
        """One more of them."""
        return Bar(self._bars, subject)


@contextmanager
def bars(console: Console | None = None) -> Iterator[Bars]:
    """Show progress until the block ends, and then leave nothing of it."""
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[doing]}"),
        TimeElapsedColumn(),
        console=console or Console(stderr=True),
        transient=True,
    )
    with progress:
        yield Bars(progress)

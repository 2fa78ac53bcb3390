"""Who cancelled a task: somebody who meant it, or a library that let one of its own slip."""

import asyncio


def is_told_to_end() -> bool:
    """Whether somebody asked the current task to end.

    A client that loses its connection may raise `CancelledError` of its own accord (seen with aiokafka
    after a process had been stopped for a while): a failure like any other, and no reason to end.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0

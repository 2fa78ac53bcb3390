"""SQL that writes what was heard: one statement per function, whole batches at a time.

A batch arrives as JSON rows, each an event's fields with `sequence` and `known_at`; statements name the
fields they read. No statement asks for the time or for anything that is not in the batch or was written
by an earlier event of the same aggregate: the same log always gives the same tables.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Facts: TypeAlias = Sequence[Mapping[str, object]]
"""One row per event of a batch."""

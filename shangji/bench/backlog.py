"""Leads in files, taken in by the public API."""

import asyncio
import csv
from pathlib import Path
from time import perf_counter
from uuid import UUID

from shangji.bench import enterprise
from shangji.bench.yard import Yard
from shangji.errors import StartRefused

LOOK_EVERY = 0.02
STATE = "SELECT state FROM leads.import_run WHERE id = $1"


def write(yard: Yard, leads: int) -> Path:
    """A file of leads that nobody has heard of."""
    first = yard.range_of_phones()
    path = yard.home.path / f"leads-{first}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(enterprise.COLUMNS)
        writer.writerows(enterprise.row(first + number) for number in range(leads))
    return path


async def bring_in(yard: Yard, path: Path) -> float:
    """Seconds from the answer that the file has arrived until its last row is committed."""
    content = await asyncio.to_thread(path.read_bytes)
    answer = await yard.client.request(
        "POST",
        "leads",
        "/imports/leads",
        params={"file_name": path.name},
        headers={"Content-Type": "application/octet-stream"},
        content=content,
    )
    began = perf_counter()
    import_id = UUID(answer.json()["id"])
    unfinished = ("queued", "running")
    while await yard.admin.fetchval(STATE, import_id) in unfinished:  # noqa: ASYNC110 - not ours to tell
        await asyncio.sleep(LOOK_EVERY)
    seconds = perf_counter() - began
    done = await yard.client.get("leads", f"/imports/{import_id}")
    if done["state"] != "done" or done["rejected"]:
        raise StartRefused(f"The file of leads was not taken: {done['problem'] or done}")
    return seconds

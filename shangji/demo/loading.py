"""Brings the demo enterprise in through the public doors, as a migration from another system."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from zoneinfo import ZoneInfo

from rich.console import Console

from shangji.client import Client, connect
from shangji.demo import arrivals, people
from shangji.demo.company import Company, found
from shangji.demo.files import DemoFile, demo_files
from shangji.demo_record import DemoRecord
from shangji.errors import StartRefused
from shangji.importing import SERVICE_OF, Sending, take_in
from shangji.progress import Bars, bars
from shangji.stack import Stack


async def load_demo(stack: Stack, console: Console, *, again: bool = False) -> str:
    """Load the demo, unless it is there, and tell what that took; with `again`, send all once more."""
    known = DemoRecord.read(stack.home)
    if known and known.loaded and not again:
        return ""
    began = monotonic()
    async with connect(stack) as client:
        record = known or DemoRecord(today=await _today(client))
        record.write(stack.home)
        with bars(console) as shown:
            changed = await _load(client, record, shown)
        if not record.loaded:
            await arrivals.first_day(client, seed=record.seed)
        company = found(record.seed)
        planted = await people.incidents(client, company, today=record.today, seed=record.seed)
        actors = await people.actors(client, company)
        replace(record, loaded=True, actors=actors, incidents=planted).write(stack.home)
    seconds = monotonic() - began
    return f"The demo company is loaded: {changed:,} records changed in {seconds:.0f} s."


async def _today(client: Client) -> date:
    clock = await client.get("opportunities", "/operations/clock")
    return datetime.fromisoformat(clock["now"]).astimezone(ZoneInfo("Asia/Shanghai")).date()


async def _load(client: Client, record: DemoRecord, shown: Bars) -> int:
    making = shown.bar("inventing a year of a company")
    company = found(record.seed)
    files = await asyncio.to_thread(demo_files, company, today=record.today, seed=record.seed)
    making.done()
    with TemporaryDirectory(prefix="shangji-demo-") as folder:
        async with asyncio.TaskGroup() as chains:
            counts = [
                chains.create_task(_send_all(client, company, service_files, Path(folder), shown))
                for service_files in _by_service(files)
            ]
    waiting = shown.bar()
    await waiting.wait_for_quiet(client)
    await people.retire_leaver(client, company)
    return sum(count.result() for count in counts)


def _by_service(files: Sequence[DemoFile]) -> list[list[DemoFile]]:
    """Each service takes one file after another, both at the same time."""
    services = dict.fromkeys(SERVICE_OF[file.kind] for file in files)
    return [[file for file in files if SERVICE_OF[file.kind] == service] for service in services]


async def _send_all(
    client: Client, company: Company, files: Sequence[DemoFile], folder: Path, shown: Bars
) -> int:
    changed = 0
    for file in files:
        bar = shown.bar(file.name)
        path = await asyncio.to_thread(file.write, folder)
        done = await take_in(
            client, Sending(kind=file.kind, path=path, mapping=file.mapping), bar.at
        )
        if done["state"] == "refused" or done["rejected"]:
            raise StartRefused(await _complaint(client, file, done))
        changed += done["created"] + done["updated"]
        if file.kind == "directory":
            bar.about("managers, dealers, regions")
            await people.complete_directory(client, company)
        bar.done()
    return changed


async def _complaint(client: Client, file: DemoFile, done: dict[str, object]) -> str:
    if problem := done["problem"]:
        return f"The demo's {file.name} was refused: {problem}"
    service = SERVICE_OF[file.kind]
    errors = await client.request("GET", service, f"/imports/{done['id']}/errors")
    first = errors.text.splitlines()[1:2]
    return f"{done['rejected']} rows of the demo's {file.name} were rejected, the first: {first}"

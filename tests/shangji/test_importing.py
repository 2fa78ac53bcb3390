"""Files that are sent by the command come in, are followed, and leave their errors beside them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from shangji.errors import StartRefused
from shangji.exporting import fetch
from shangji.importing import Sending, check_readable, fetch_errors, take_in, undo
from tests.support.clients import OPERATOR, WorldClient, open_client
from tests.support.world import World

FILE = "编号,姓名,手机,公司\n1,王工,13800138000,苏州恒达水务有限公司\n2,李工,12,无锡泵业\n"


@pytest_asyncio.fixture
async def client(world: World, tmp_path: Path) -> AsyncIterator[WorldClient]:
    async with open_client(world, tmp_path) as opened:
        yield opened


def silent(_doing: str, _done: int, _of: int) -> None:
    """Shows nothing."""


async def test_a_file_comes_in_and_its_errors_stand_beside_it(client: WorldClient, tmp_path: Path):
    path = tmp_path / "线索.csv"
    path.write_bytes(FILE.encode("gb18030"))

    done = await take_in(client, Sending(kind="leads", path=path), silent)
    errors = await fetch_errors(client, done, path)

    assert (done["state"], done["created"], done["rejected"]) == ("done", 1, 1)
    assert errors == tmp_path / "线索.csv.errors.csv"
    assert errors.read_text("gb18030").splitlines()[1].startswith("3,phone")


async def test_a_dry_run_and_the_mapping_reach_the_service(client: WorldClient, tmp_path: Path):
    path = tmp_path / "leads.csv"
    path.write_text("No;Who;Tel\n1;Anna;13900139000\n", encoding="utf-8")
    mapping = "system: old\ncolumns: {external_id: No, name: Who, phone: Tel}\n"

    sending = Sending(kind="leads", path=path, mapping=mapping, dry_run=True)
    done = await take_in(client, sending, silent)

    assert (done["system"], done["dry_run"], done["created"]) == ("old", True, 1)
    assert (await client.get("leads", "/leads"))["items"] == []


async def test_progress_is_told_from_the_first_byte_to_the_last_row(
    client: WorldClient, tmp_path: Path
):
    path = tmp_path / "leads.csv"
    path.write_text(FILE, encoding="utf-8")
    told: list[tuple[str, int, int]] = []

    await take_in(client, Sending(kind="leads", path=path), lambda *progress: told.append(progress))

    size = path.stat().st_size
    assert told[0] == ("sending", size, size)
    assert told[-1] == ("done", 2, 2)


async def test_a_name_that_is_not_text_keeps_no_file_out(client: WorldClient, tmp_path: Path):
    path = tmp_path / os.fsdecode("线索.csv".encode("gbk"))
    path.write_text(FILE, encoding="utf-8")

    done = await take_in(client, Sending(kind="leads", path=path), silent)

    assert done["state"] == "done"
    assert done["file_name"].endswith(".csv")


def test_an_empty_file_is_refused_before_it_is_sent(tmp_path: Path):
    (tmp_path / "leads.csv").touch()

    with pytest.raises(StartRefused, match="is empty"):
        check_readable(tmp_path / "leads.csv")


async def test_an_import_is_undone_by_its_id(client: WorldClient, tmp_path: Path):
    path = tmp_path / "leads.csv"
    path.write_text(FILE, encoding="utf-8")
    done = await take_in(client, Sending(kind="leads", path=path), silent)

    rehearsed = await undo(client, done["id"], silent, dry_run=True)
    undone = await undo(client, done["id"], silent)

    assert (rehearsed["withdrawn"], undone["withdrawn"], undone["unchanged"]) == (1, 1, 1)
    assert (await client.get("leads", "/leads"))["items"] == []


async def test_an_import_that_nobody_knows_is_not_undone(client: WorldClient):
    with pytest.raises(StartRefused, match="There is no import"):
        await undo(client, str(OPERATOR), silent)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
async def test_what_is_exported_comes_in_without_a_change(
    client: WorldClient, tmp_path: Path, name: str
):
    path = tmp_path / "leads.csv"
    path.write_text(FILE, encoding="utf-8")
    await take_in(client, Sending(kind="leads", path=path), silent)

    size = await fetch(client, "leads", tmp_path / name, {"state": "open"}, lambda _size: None)
    again = await take_in(client, Sending(kind="leads", path=tmp_path / name), silent)

    assert size == (tmp_path / name).stat().st_size
    assert (again["rows"], again["unchanged"]) == (1, 1)
    assert not (tmp_path / f"{name}.part").exists()


async def test_an_export_that_is_refused_leaves_no_file(client: WorldClient, tmp_path: Path):
    wanted = {"reveal": "true", "purpose": ""}

    with pytest.raises(StartRefused, match="says why"):
        await fetch(client, "leads", tmp_path / "out.csv", wanted, lambda _size: None)

    assert not (tmp_path / "out.csv").exists()
    assert not (tmp_path / "out.csv.part").exists()

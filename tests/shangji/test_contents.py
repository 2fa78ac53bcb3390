"""The files that a table of documents names are sent before it, each once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from shangji.errors import StartRefused
from shangji.importing import Sending, take_in
from tests.support.clients import WorldClient, open_client
from tests.support.world import World

MAPPING = "system: crm\nhistory: true\ncolumns: {id: No, subject_kind: Kind, subject: Of, name: Name, seller: By, attached_at: At, path: Where}\n"


@pytest_asyncio.fixture
async def client(world: World, tmp_path: Path) -> AsyncIterator[WorldClient]:
    async with open_client(world, tmp_path) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files; the secret beside the folder belongs to nobody's table."""
    folder = tmp_path / "files"
    (folder / "2025").mkdir(parents=True)
    (folder / "2025" / "合同.txt").write_bytes(b"contract")
    (folder / "unnamed.txt").write_bytes(b"nobody asks for it")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return folder


def table(tmp_path: Path, *paths: str) -> Path:
    path = tmp_path / "documents.csv"
    rows = (
        f"{number},lead,L-1,a.txt,operator,2025-01-01T10:00+08:00,{where}"
        for number, where in enumerate(paths)
    )
    path.write_text("\n".join(["No,Kind,Of,Name,By,At,Where", *rows]), encoding="utf-8")
    return path


async def test_named_files_come_first_and_those_that_are_there_are_not_sent_again(
    client: WorldClient, tmp_path: Path, folder: Path
):
    told: list[tuple[str, int, int]] = []
    path = table(tmp_path, "2025/合同.txt", "2025\\合同.txt", "../secret.txt", "lost.txt")
    sending = Sending(kind="documents", path=path, mapping=MAPPING, folder=folder)

    done = await take_in(client, sending, lambda *progress: told.append(progress))
    again = await take_in(client, sending, lambda *_progress: None)

    assert (done["created"], done["rejected"]) == (2, 2)
    assert (again["unchanged"], again["rejected"]) == (2, 2)
    assert [one for one in told if one[0] == "sending files"] == [
        ("sending files", 1, 2),
        ("sending files", 2, 2),
    ]


async def test_a_folder_that_is_none_is_refused(client: WorldClient, tmp_path: Path):
    sending = Sending(kind="documents", path=table(tmp_path, "a"), folder=tmp_path / "no")

    with pytest.raises(StartRefused, match="no folder"):
        await take_in(client, sending, lambda *_progress: None)

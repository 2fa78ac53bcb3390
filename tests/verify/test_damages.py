"""Each damage done on purpose is reported, by the equation that should see it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from shangji.verify.walks import Page, SqlFeed
from tests.verify.conftest import Scene
from tests.verify.damages import DAMAGES
from tests.verify.harm import Damage


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.what)
async def test_a_damage_is_seen(scene: Scene, damage: Damage):
    await damage.do(scene)

    verdict = await scene.judge()

    assert damage.equation in verdict.broken, verdict.broken
    found = [finding for finding in verdict.findings if finding.equation == damage.equation]
    assert found
    assert all(finding.record and finding.says for finding in found)
    assert any(len(row) for finding in found for row in finding.sides.values())


@pytest.mark.parametrize("missed", ["skipped", "doubled", "changed"])
async def test_a_feed_that_reads_differently_than_it_lies_is_seen(scene: Scene, missed: str):
    scene.feeds = CrookedFeed(SqlFeed(scene.sql), missed)

    verdict = await scene.judge()

    assert set(verdict.broken) == {"C14"}


@dataclass
class CrookedFeed:
    """Answers pages that are not what the table holds."""

    straight: SqlFeed
    missed: str

    async def page(self, service: str, *, after: int, limit: int) -> Page:
        page = await self.straight.page(service, after=after, limit=max(limit, 10))
        match self.missed:
            case "skipped":
                return page[:1] + page[2:]
            case "doubled":
                return page[:2] + page[1:]
            case _:
                return [(position, page[0][1]) for position, _ in page]


async def test_what_is_still_on_its_way_is_a_failure_to_come_to_rest(scene: Scene):
    await scene.sql.execute("UPDATE analytics.consumer_offset SET next_offset = 0")

    verdict = await scene.judge()

    assert "rest" in verdict.broken
    assert any("heard by analytics" in finding.record for finding in verdict.findings)


@pytest_asyncio.fixture
async def lines(scene: Scene, tmp_path: Path) -> list[dict[str, object]]:
    """The ledger of somebody who captured the leads and remembers each answer."""
    scene.ledger = tmp_path / "ledger.jsonl"
    rows = await scene.sql.fetch(
        "SELECT key, body FROM leads.idempotency WHERE scope = 'POST /leads'"
    )
    return [
        {
            "key": row["key"],
            "status": "ok",
            "method": "POST",
            "path": "/leads",
            "response_id": json.loads(row["body"])["id"],
        }
        for row in rows
    ]


async def judged(scene: Scene, lines: list[dict[str, object]]) -> set[str]:
    assert scene.ledger is not None
    scene.ledger.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return set((await scene.judge()).broken)


async def test_an_answer_that_was_not_kept_is_seen(scene: Scene, lines: list[dict[str, object]]):
    await scene.sql.execute("DELETE FROM leads.idempotency WHERE key = $1", lines[0]["key"])

    assert await judged(scene, lines) == {"C1"}


async def test_an_answer_about_something_else_is_seen(scene: Scene, lines: list[dict[str, object]]):
    lines[0]["response_id"] = "01999999-0000-7000-8000-000000000000"

    assert await judged(scene, lines) == {"C1"}


async def test_a_refused_command_that_took_effect_is_seen(
    scene: Scene, lines: list[dict[str, object]]
):
    lines[0]["status"] = "refused"

    assert await judged(scene, lines) == {"C1"}


async def test_a_phantom_command_is_seen(scene: Scene, lines: list[dict[str, object]]):
    assert await judged(scene, lines[1:]) == {"C1"}


async def test_an_unknown_command_may_or_may_not_have_taken_effect(
    scene: Scene, lines: list[dict[str, object]]
):
    lines[0]["status"] = "unknown"
    lines.append({**lines[0], "key": "never-came"})

    assert await judged(scene, lines) == set()

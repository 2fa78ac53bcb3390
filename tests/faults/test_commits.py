"""F02: PostgreSQL says no at the very last moment, when the answer is already written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.rig import OPERATOR, Rig
from tests.support.ledger import open_client

pytestmark = pytest.mark.slow

LEAD = {"phone": "+8613911112222", "company_name": "At the last moment", "region": "浙江"}


async def test_no_command_is_answered_with_success_whose_commit_fails(rig: Rig):
    rig.ledger.begin()
    await rig.until_taken()
    url = f"{rig.stack.url('leads')}/leads"
    headers = {**rig.ledger.bearer(OPERATOR), "Idempotency-Key": "at-the-last-moment"}

    async with open_client() as client:
        async with failing_commits(rig, "leads.lead"):
            refused = [await client.post(url, json=LEAD, headers=headers) for _ in range(3)]
        stored = await rig.count(
            "SELECT count(*) FROM leads.idempotency WHERE key ~ '^at-the-last'"
        )
        taken = await rig.ledger.ask(
            client, "POST", "leads", "/leads", by=OPERATOR, json=LEAD, headers=headers
        )

    assert {answer.status_code // 100 for answer in refused} == {5}
    assert stored == 0
    assert taken.status_code == 201
    rig.ledger.leads.add(taken.json()["id"])
    await rig.ledger.end()
    await rig.check()


@asynccontextmanager
async def failing_commits(rig: Rig, table: str) -> AsyncIterator[None]:
    """Whoever adds to this table is told so only when all is done and it asks for the commit."""
    async with rig.administrator() as administrator:
        await administrator.execute(
            f"""
            CREATE FUNCTION public.too_late() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'too late' USING ERRCODE = 'internal_error';
            END $$;
            CREATE CONSTRAINT TRIGGER too_late AFTER INSERT ON {table}
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.too_late()
            """
        )
        try:
            yield
        finally:
            await administrator.execute(f"DROP TRIGGER too_late ON {table}")
            await administrator.execute("DROP FUNCTION public.too_late")

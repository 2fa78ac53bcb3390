"""The database's own view of who may do what."""

import asyncpg
import pytest
import pytest_asyncio

from shangji.infra import bootstrap
from shangji.infra.bootstrap import DatabaseAccess, prepare_database
from shangji.infra.servers import PostgresServer


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def access(postgres: PostgresServer, role_passwords: dict[str, str]) -> DatabaseAccess:
    await prepare_database(postgres, role_passwords, "bootstrap_rights")
    prepared = await prepare_database(
        postgres, role_passwords, "bootstrap_rights"
    )  # twice on purpose
    await run(prepared.owner_url("leads"), "CREATE TABLE leads.lead (id bigserial, name text)")
    await run(prepared.owner_url("leads"), "ALTER TABLE leads.lead ENABLE ROW LEVEL SECURITY")
    return prepared


async def run(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


ALLOWED = [
    pytest.param("leads", "SELECT count(*) FROM lead", 0, id="a service finds its tables unnamed"),
    pytest.param(
        "leads",
        "WITH gone AS (DELETE FROM leads.lead RETURNING id) SELECT count(*) FROM gone",
        0,
        id="a service writes its own rows",
    ),
    pytest.param("leads", "SELECT nextval('leads.lead_id_seq')", 1, id="a service takes numbers"),
    pytest.param("shangji_readonly", "SELECT count(*) FROM leads.lead", 0, id="the operator reads"),
]


@pytest.mark.parametrize(("role", "statement", "told"), ALLOWED)
async def test_a_role_may_do_its_work(
    access: DatabaseAccess, role: str, statement: str, told: int
) -> None:
    assert await run(access._url(role), statement) == told


async def test_analytics_rebuilds_aside(access: DatabaseAccess) -> None:
    owner = access.owner_url("analytics")

    await run(owner, "CREATE TABLE analytics_rebuild.x (id int)")

    assert await run(owner, "SELECT count(*) FROM analytics_rebuild.x") == 0


REFUSED = [
    pytest.param("opportunities", "SELECT * FROM leads.lead", id="another service's rows"),
    pytest.param("opportunities_owner", "SELECT * FROM leads.lead", id="another owner"),
    pytest.param("leads", "CREATE TABLE leads.mine (id int)", id="a service makes no tables"),
    pytest.param("leads", "ALTER TABLE leads.lead DISABLE ROW LEVEL SECURITY", id="nor lifts RLS"),
    pytest.param("leads", "CREATE TABLE public.mine (id int)", id="public is closed"),
    pytest.param("shangji_readonly", "DELETE FROM leads.lead", id="the operator changes nothing"),
]


@pytest.mark.parametrize(("role", "statement"), REFUSED)
async def test_a_role_may_do_nothing_else(
    access: DatabaseAccess, role: str, statement: str
) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
        await run(access._url(role), statement)


async def test_only_the_operator_passes_row_level_security(
    access: DatabaseAccess, postgres: PostgresServer
) -> None:
    connection = await asyncpg.connect(postgres.url())
    passing = await connection.fetch(
        "SELECT rolname FROM pg_roles WHERE rolbypassrls AND rolname = ANY($1)",
        bootstrap.role_names(),
    )
    await connection.close()

    assert [row["rolname"] for row in passing] == ["shangji_readonly"]

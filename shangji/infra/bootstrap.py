"""What a new PostgreSQL needs before the first migration: one database, its roles, their rights.

Three roles stand around each schema: the owner migrates, the service reads and writes rows and can
change nothing else, the operator's read role sees everything and changes nothing. All of it may
run again at every start.
"""

from dataclasses import dataclass

import asyncpg

from shangji.infra.servers import PostgresServer
from shangji.names import DATABASE, READONLY, SERVICES, SIDE_SCHEMAS, owner_of

ROLE = """
DO $$ BEGIN
    CREATE ROLE {role} LOGIN;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
ALTER ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE {bypass} PASSWORD '{password}';
"""

SHARED_RIGHTS = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {readonly};
ALTER ROLE {readonly} SET default_transaction_read_only = on;
"""

SCHEMA_RIGHTS = """
CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner};
GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner}, {role};
ALTER ROLE {role} SET search_path = {service};
ALTER ROLE {owner} SET search_path = {service};
GRANT USAGE ON SCHEMA {schema} TO {role}, {readonly};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}
    GRANT USAGE, SELECT ON SEQUENCES TO {role};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}
    GRANT EXECUTE ON FUNCTIONS TO {role}, {readonly};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}
    GRANT SELECT ON TABLES TO {readonly};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}
    GRANT SELECT ON SEQUENCES TO {readonly};
"""


@dataclass(frozen=True, kw_only=True)
class DatabaseAccess:
    """The addresses under which a prepared database is reached, one per role."""

    server: PostgresServer
    database: str
    passwords: dict[str, str]

    def app_url(self, service: str) -> str:
        """Return the DSN a service works with."""
        return self._url(service)

    def owner_url(self, service: str) -> str:
        """Return the DSN a service's migrations run with."""
        return self._url(owner_of(service))

    def readonly_url(self) -> str:
        """Return the DSN of the operator's read role."""
        return self._url(READONLY)

    def _url(self, role: str) -> str:
        return self.server.url(self.database, role, self.passwords[role])


def role_names() -> list[str]:
    """Return every role that needs a password."""
    return [*SERVICES, *(owner_of(service) for service in SERVICES), READONLY]


async def prepare_database(
    server: PostgresServer, passwords: dict[str, str], database: str = DATABASE
) -> DatabaseAccess:
    """Create the database and its roles, or bring them to what they should be."""
    await _ensure_database(server, database)
    connection = await asyncpg.connect(server.url(database))
    try:
        async with connection.transaction():
            # Two starts against one server must not alter the same roles at once.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('shangji bootstrap'))")
            await connection.execute(_statements(database, passwords))
    finally:
        await connection.close()
    return DatabaseAccess(server=server, database=database, passwords=passwords)


async def _ensure_database(server: PostgresServer, database: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(f'CREATE DATABASE "{database}"')
    except asyncpg.DuplicateDatabaseError:
        pass
    finally:
        await connection.close()


def _statements(database: str, passwords: dict[str, str]) -> str:
    parts = [_role(name, passwords[name]) for name in role_names()]
    parts.append(SHARED_RIGHTS.format(database=database, readonly=READONLY))
    parts += [
        _schema(schema, service, database)
        for service in SERVICES
        for schema in (service, *SIDE_SCHEMAS.get(service, ()))
    ]
    return "\n".join(parts)


def _role(name: str, password: str) -> str:
    bypass = "BYPASSRLS" if name == READONLY else "NOBYPASSRLS"
    return ROLE.format(role=name, password=password.replace("'", "''"), bypass=bypass)


def _schema(schema: str, service: str, database: str) -> str:
    return SCHEMA_RIGHTS.format(
        schema=schema,
        service=service,
        role=service,
        owner=owner_of(service),
        readonly=READONLY,
        database=database,
    )

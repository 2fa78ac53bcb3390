"""PostgreSQL and Kafka that somebody else runs, named by SHANGJI_* variables."""

import os
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from shangji.errors import StartRefused
from shangji.infra.servers import KafkaServer, PostgresServer
from shangji.names import SERVICES

ADMIN_URL = "SHANGJI_POSTGRES_ADMIN_URL"
READONLY_URL = "SHANGJI_READONLY_URL"
SIGNING_KEY = "SHANGJI_TOKEN_PRIVATE_KEY"
PUBLIC_KEYS = "SHANGJI_TOKEN_PUBLIC_KEYS"
SEALING_KEYS = "SHANGJI_SEALING_KEYS"


def kafka(environment: Mapping[str, str] = os.environ) -> KafkaServer:
    """Return the configured Kafka."""
    bootstrap = environment.get("SHANGJI_KAFKA_BOOTSTRAP")
    if not bootstrap:
        raise StartRefused("External infrastructure needs SHANGJI_KAFKA_BOOTSTRAP to be set.")
    return KafkaServer(bootstrap=bootstrap)


def administrator(environment: Mapping[str, str] = os.environ) -> PostgresServer | None:
    """Return the server when we may prepare it ourselves; usually a DBA has done so."""
    url = environment.get(ADMIN_URL)
    return postgres_server(url) if url else None


def postgres_server(url: str) -> PostgresServer:
    """Read a DSN of an administrator."""
    parts = urlsplit(url)
    return PostgresServer(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 5432,
        admin=unquote(parts.username or "postgres"),
        password=unquote(parts.password or ""),
    )


def database_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the DSNs of all services, refusing when one is missing."""
    names = [
        f"SHANGJI_{service.upper()}_{kind}"
        for service in SERVICES
        for kind in ("DATABASE_URL", "MIGRATION_URL")
    ]
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise StartRefused(f"External infrastructure needs {', '.join(missing)} to be set.")
    return {name: environment[name] for name in names}


def readonly_url(environment: Mapping[str, str] = os.environ) -> str:
    """Return the DSN of the operator's read role, empty when none was given to us."""
    return environment.get(READONLY_URL, "")

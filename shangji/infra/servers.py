"""What the rest needs to know of the two servers, wherever they come from."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A reachable PostgreSQL and its administrator."""

    host: str
    port: int
    admin: str
    password: str
    log: Path | None = None

    def url(self, database: str = "postgres", user: str | None = None, password: str = "") -> str:
        """Return the DSN of a database on this server, for the administrator unless told."""
        name, secret = (user, password) if user else (self.admin, self.password)
        return f"postgresql://{name}:{quote(secret, safe='')}@{self.host}:{self.port}/{database}"


@dataclass(frozen=True, kw_only=True)
class KafkaServer:
    """A reachable Kafka."""

    bootstrap: str
    log: Path | None = None

"""Settings of one service process, from the environment; defaults run on one machine."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from shared.sealing import Sealer


class OidcIssuer(BaseModel):
    """An identity provider whose tokens are accepted, and which claim holds the username."""

    issuer: str
    audience: str
    jwks_url: str
    username_claim: str = "preferred_username"


class ServiceSettings(BaseSettings):
    """What a process needs to know: `SHANGJI_LEADS_PORT` wins over `SHANGJI_PORT`."""

    model_config = SettingsConfigDict(env_prefix="SHANGJI_", extra="ignore")

    service: str
    database_url: str
    migration_url: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    pool_size: int = 12
    instance: str = "0"
    """Tells the processes of one consumer group apart, also over restarts."""

    kafka_bootstrap: str = ""
    topic_prefix: str = "shangji."
    home: Path = Path(".shangji")
    token_private_key: Path | None = None
    token_public_keys: Path | None = None
    sealing_keys: Path | None = None
    """What secrets and persons at rest are sealed with; see `shared.sealing`."""
    oidc_issuers: list[OidcIssuer] = Field(default_factory=list)
    demo: bool = False
    log_format: Literal["json", "console"] = "json"
    log_level: str = "INFO"
    outbox_limit: int = 200_000
    """Commands are refused with 503 while more events than this wait for Kafka."""

    def sealer(self) -> Sealer | None:
        """What this service seals with; nothing where it keeps no secrets."""
        return Sealer.load(self.sealing_keys) if self.sealing_keys else None

    @classmethod
    def load(cls, service: str) -> Self:
        """Settings of one service; raises `pydantic.ValidationError` naming what is missing."""
        own = EnvSettingsSource(cls, env_prefix=f"SHANGJI_{service.upper()}_")()
        return cls(**{**own, "service": service})

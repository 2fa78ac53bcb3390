"""What an installation may set for `opportunities` alone."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class OpportunitiesSettings(BaseSettings):
    """`SHANGJI_OPPORTUNITIES_LARGEST_DOCUMENT=52428800` takes documents of up to 50 MiB."""

    model_config = SettingsConfigDict(env_prefix="SHANGJI_OPPORTUNITIES_", extra="ignore")

    largest_document: int = 20 * 1024 * 1024
    """Bytes."""

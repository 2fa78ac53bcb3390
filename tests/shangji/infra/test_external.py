"""Infrastructure that somebody else runs."""

import pytest

from shangji.errors import StartRefused
from shangji.infra import external
from shangji.names import SERVICES


def test_missing_addresses_are_named() -> None:
    given = {f"SHANGJI_{name.upper()}_DATABASE_URL": "postgresql://x" for name in SERVICES}

    with pytest.raises(StartRefused, match="SHANGJI_LEADS_MIGRATION_URL"):
        external.database_environment(given)


def test_a_missing_broker_is_named() -> None:
    with pytest.raises(StartRefused, match="SHANGJI_KAFKA_BOOTSTRAP"):
        external.kafka({})


def test_an_administrators_address_is_read_and_written_back() -> None:
    url = "postgresql://root:p%40ss%2Fword@db.example:6432/postgres"

    server = external.postgres_server(url)

    assert (server.host, server.port, server.password) == ("db.example", 6432, "p@ss/word")
    assert server.url() == url

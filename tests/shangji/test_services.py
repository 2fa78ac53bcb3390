"""How the service processes are put together."""

from pathlib import Path

import pytest

from shangji import services
from shangji.errors import StartRefused
from shangji.home import Home
from shangji.infra.servers import KafkaServer
from shangji.names import ROLES, SERVICES


@pytest.fixture
def common(tmp_path: Path) -> dict[str, str]:
    databases = {
        f"SHANGJI_{service.upper()}_{kind}": f"postgresql://{service}"
        for service in SERVICES
        for kind in ("DATABASE_URL", "MIGRATION_URL")
    }
    ports = {service: 8000 + number for number, service in enumerate(SERVICES)}
    kafka = KafkaServer(bootstrap="127.0.0.1:9092")
    return services.environment(Home(tmp_path), kafka, databases, ports, demo=False)


def test_a_process_gets_the_door_to_its_own_schema_only(
    tmp_path: Path, common: dict[str, str]
) -> None:
    processes = dict(services.specs(Home(tmp_path), common))

    doors = {
        service: [key for key, url in spec.env.items() if url.startswith("postgresql://")]
        for service, spec in processes.items()
    }
    assert doors == {service: [f"SHANGJI_{service.upper()}_DATABASE_URL"] for service in SERVICES}


def test_only_opportunities_can_sign_tokens(tmp_path: Path, common: dict[str, str]) -> None:
    signing = [
        service
        for service, spec in services.specs(Home(tmp_path), common)
        if "SHANGJI_TOKEN_PRIVATE_KEY" in spec.env
    ]

    assert signing == ["opportunities"]


def test_only_leads_can_open_what_is_sealed(tmp_path: Path, common: dict[str, str]) -> None:
    sealing = [
        service
        for service, spec in services.specs(Home(tmp_path), common)
        if "SHANGJI_SEALING_KEYS" in spec.env
    ]

    assert sealing == ["leads"]


def test_split_runs_a_process_for_each_role(
    tmp_path: Path, common: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANGJI_PROCESSES", "split")

    names = [spec.name for _, spec in services.specs(Home(tmp_path), common)]

    assert names == [f"{service}-{role}" for service in SERVICES for role in ROLES]


def test_an_unknown_grouping_is_refused(
    tmp_path: Path, common: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANGJI_PROCESSES", "many")

    with pytest.raises(StartRefused, match="together or split"):
        list(services.specs(Home(tmp_path), common))

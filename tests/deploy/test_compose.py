"""The compose file, checked without an engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from services.notifications.settings import NotificationsSettings
from shangji.infra import external
from shangji.infra.bootstrap import role_names
from shangji.infra.postgres import ADMIN
from shangji.names import ROLES, SERVICES, owner_of
from shangji.setup import roles_in
from shangji.stack import Stack
from shared.settings import ServiceSettings
from tests.deploy import compose
from tests.deploy.compose import COMPOSE_FILE, ENV_EXAMPLE, HOST_FILE, Compose

PASSWORDS = {f"{role.upper()}_PASSWORD": f"{role}-secret" for role in [ADMIN, *role_names()]}


@pytest.fixture
def stack() -> Compose:
    """The file with a password of its own for every role."""
    return compose.read(PASSWORDS)


@pytest.mark.parametrize("file", [COMPOSE_FILE, HOST_FILE], ids=lambda file: file.name)
def test_the_file_is_a_compose_file(file: Path) -> None:
    words = ["--builtin-schema", "vendor.compose-spec", str(file)]

    answer = CliRunner().invoke(check_jsonschema, words)

    assert answer.exit_code == 0, answer.output


def test_every_role_of_every_service_has_an_entry(stack: Compose) -> None:
    assert {name: entry["command"] for name, entry in stack.processes.items()} == {
        f"{service}-{role}": [service, role] for service in SERVICES for role in ROLES
    }


def test_each_service_gets_the_door_to_its_own_schema_only(stack: Compose) -> None:
    doors = {
        name: [key for key, value in entry["environment"].items() if "postgresql://" in value]
        for name, entry in stack.processes.items()
    }

    assert doors == {
        f"{service}-{role}": [f"SHANGJI_{service.upper()}_DATABASE_URL"]
        for service in SERVICES
        for role in ROLES
    }


def test_only_opportunities_the_setup_and_the_operator_hold_the_signing_key(
    stack: Compose,
) -> None:
    holders = {
        name
        for name, entry in stack.ours.items()
        if any("signing-key" in volume for volume in entry["volumes"])
    }

    assert holders == {"setup", "shangji", *(f"opportunities-{role}" for role in ROLES)}


def test_keys_are_where_the_settings_look_for_them(stack: Compose) -> None:
    for entry in stack.ours.values():
        folders = tuple(volume.split(":")[1] + "/" for volume in entry["volumes"])
        keys = [value for name, value in entry["environment"].items() if "TOKEN" in name]
        assert all(key.startswith(folders) for key in keys)


def test_every_variable_is_one_that_the_programs_read(stack: Compose) -> None:
    given = {name for entry in stack.ours.values() for name in entry["environment"]}

    assert given <= _known_variables()


def _known_variables() -> set[str]:
    services = [name.upper() for name in SERVICES]
    fields = [name.upper() for name in ServiceSettings.model_fields]
    own = [name.upper() for name in NotificationsSettings.model_fields]
    return {
        *(f"SHANGJI_{field}" for field in fields),
        *(f"SHANGJI_{service}_{field}" for service in services for field in fields),
        *(f"SHANGJI_NOTIFICATIONS_{field}" for field in own),
        *(f"SHANGJI_{service}_URL" for service in services),
        *(external.ADMIN_URL, external.READONLY_URL, external.SIGNING_KEY, external.PUBLIC_KEYS),
    }


def test_settings_of_every_process_can_be_read(
    stack: Compose, monkeypatch: pytest.MonkeyPatch
) -> None:
    for entry in stack.processes.values():
        with monkeypatch.context() as environment:
            for name, value in entry["environment"].items():
                environment.setenv(name, value)
            settings = ServiceSettings.load(entry["command"][0])
        assert (settings.host, settings.port) == ("0.0.0.0", 8000)  # noqa: S104 - in a container
        assert settings.kafka_bootstrap == "kafka:9092"


def test_setup_prepares_the_very_roles_that_the_processes_sign_in_as(stack: Compose) -> None:
    roles = roles_in(stack.entries["setup"]["environment"])

    assert roles.database == "shangji"
    assert roles.passwords == {role: f"{role}-secret" for role in role_names()}
    assert set(roles.passwords) >= {*SERVICES, *map(owner_of, SERVICES)}


def test_the_administrator_of_setup_is_the_one_the_database_is_made_with(stack: Compose) -> None:
    administrator = external.administrator(stack.entries["setup"]["environment"])
    made_with = stack.entries["postgres"]["environment"]

    assert administrator is not None
    assert administrator.admin == made_with["POSTGRES_USER"] == ADMIN
    assert administrator.password == made_with["POSTGRES_PASSWORD"]


def test_the_command_knows_the_way_to_every_service(stack: Compose) -> None:
    named = Stack.named_by(stack.entries["shangji"]["environment"])

    assert named is not None
    assert named.service_urls == {service: f"http://{service}-api:8000" for service in SERVICES}


def test_nothing_starts_without_every_password() -> None:
    assert compose.required(COMPOSE_FILE.read_text()) == set(PASSWORDS)


def test_the_example_names_every_variable() -> None:
    wanted = compose.mentioned(COMPOSE_FILE.read_text())

    named = set(re.findall(r"^#?(\w+)=", ENV_EXAMPLE.read_text(), re.MULTILINE))

    assert named == wanted


def test_the_example_holds_no_password() -> None:
    values = re.findall(r"^\w+_PASSWORD=(.*)$", ENV_EXAMPLE.read_text(), re.MULTILINE)

    assert values == [""] * len(PASSWORDS)


def test_only_the_apis_and_the_caught_mail_are_reached_and_from_this_machine_only(
    stack: Compose,
) -> None:
    ports = {name: entry["ports"] for name, entry in stack.entries.items() if "ports" in entry}

    assert ports == {
        "leads-api": ["127.0.0.1:8101:8000"],
        "opportunities-api": ["127.0.0.1:8102:8000"],
        "notifications-api": ["127.0.0.1:8103:8000"],
        "analytics-api": ["127.0.0.1:8104:8000"],
        "mail": ["127.0.0.1:8025:8025"],
    }


def test_every_dependency_is_there_and_can_become_what_is_waited_for(stack: Compose) -> None:
    for entry in stack.entries.values():
        for name, wanted in entry.get("depends_on", {}).items():
            needed = stack.entries[name]
            match wanted["condition"]:
                case "service_healthy":
                    assert needed["healthcheck"]["test"]
                case "service_completed_successfully":
                    assert needed["restart"] == "no"
                case condition:
                    assert condition == "service_started"


def test_the_processes_may_do_nothing_they_need_not(stack: Compose) -> None:
    for entry in stack.ours.values():
        assert entry["read_only"]
        assert entry["cap_drop"] == ["ALL"]
        assert entry["security_opt"] == ["no-new-privileges:true"]


def test_every_named_volume_is_declared() -> None:
    read: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text())
    used = {
        volume.split(":")[0]
        for entry in read["services"].values()
        for volume in entry.get("volumes", ())
    }

    assert used == set(read["volumes"])

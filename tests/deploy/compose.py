"""The compose file as a program reads it: anchors merged, variables filled in."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[2]
COMPOSE_FILE = CHECKOUT / "docker-compose.yml"
HOST_FILE = CHECKOUT / "deploy" / "compose.host.yml"
ENV_EXAMPLE = CHECKOUT / "deploy" / "env.example"

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")


@dataclass(frozen=True)
class Compose:
    """The entries of a compose file."""

    entries: dict[str, dict[str, Any]]

    @property
    def ours(self) -> dict[str, dict[str, Any]]:
        """The entries that run our image."""
        return {name: entry for name, entry in self.entries.items() if entry["image"] == "shangji"}

    @property
    def processes(self) -> dict[str, dict[str, Any]]:
        """The entries that run a part of a service."""
        return {
            name: entry for name, entry in self.ours.items() if name not in ("setup", "shangji")
        }


def read(variables: dict[str, str]) -> Compose:
    """Read the compose file as if these were in `.env`."""
    return Compose(_filled(yaml.safe_load(COMPOSE_FILE.read_text())["services"], variables))


def _filled(value: Any, variables: dict[str, str]) -> Any:
    match value:
        case dict():
            return {key: _filled(each, variables) for key, each in value.items()}
        case list():
            return [_filled(each, variables) for each in value]
        case str():
            return VARIABLE.sub(lambda found: _value(found, variables), value)
        case _:
            return value


def _value(found: re.Match[str], variables: dict[str, str]) -> str:
    default = found["rest"] if found["how"] == "-" else None
    value = variables.get(found["name"]) or default
    assert value is not None, f"{found['name']} has no value"
    return value


def required(text: str) -> set[str]:
    """The variables without which nothing starts."""
    return {found["name"] for found in VARIABLE.finditer(text) if found["how"] == "?"}


def mentioned(text: str) -> set[str]:
    """All variables."""
    return {found["name"] for found in VARIABLE.finditer(text)}

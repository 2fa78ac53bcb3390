"""$SHANGJI_HOME: everything this machine keeps for one stack."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shangji.errors import StartRefused

LEAST_FREE_BYTES = 1024**3


@dataclass(frozen=True)
class Home:
    """The directory of one stack and the places in it."""

    path: Path

    @staticmethod
    def default() -> "Home":
        """Return the home named by SHANGJI_HOME, else `.shangji` in the working directory."""
        return Home(Path(os.environ.get("SHANGJI_HOME") or ".shangji").expanduser().absolute())

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def lock_file(self) -> Path:
        return self.path / "lock"

    @property
    def secrets_file(self) -> Path:
        return self.path / "secrets.json"

    @property
    def ports_file(self) -> Path:
        return self.path / "ports.json"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def token_private_key(self) -> Path:
        return self.keys / "token_private.json"

    @property
    def token_public_keys(self) -> Path:
        return self.keys / "token_public.json"

    @property
    def sealing_keys(self) -> Path:
        return self.keys / "sealing.json"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def postgres_data(self) -> Path:
        return self.path / "postgres"

    @property
    def kafka_data(self) -> Path:
        return self.path / "kafka"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def prepare(self) -> None:
        """Create the directories, and refuse when the disk has no room for a stack."""
        try:
            for directory in (self.path, self.logs, self.keys):
                directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StartRefused(f"Cannot create {error.filename}: {error.strerror}.") from error
        free = shutil.disk_usage(self.path).free
        if free < LEAST_FREE_BYTES:
            raise StartRefused(
                f"Only {free // 1024**2} MB are free on the disk of {self.path}; PostgreSQL and "
                f"Kafka need at least {LEAST_FREE_BYTES // 1024**2} MB. Free some space, or set "
                "SHANGJI_HOME to a directory on another disk."
            )


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file, or an empty one when the file is absent or cut short."""
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace a file in one step, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

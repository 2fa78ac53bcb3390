"""The image and the scripts beside it, checked without an engine."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shangji.names import ROLES, SERVICES
from shared import runner
from tests.deploy.compose import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
SCRIPTS = [DEPLOY / "entrypoint", DEPLOY / "make-env"]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs that only say how they were called."""
    for name in ("python", "shangji"):
        program = tmp_path / name
        program.write_text(
            f'#!/bin/sh\necho "${{SHANGJI_INSTANCE:-}}"\nprintf "%s\\n" {name} "$@"\n'
        )
        program.chmod(0o755)
    return tmp_path


def _enter(programs: Path, *words: str, **variables: str) -> tuple[str, list[str]]:
    """What the entrypoint starts: its instance, and its words."""
    answer = subprocess.run(
        [str(DEPLOY / "entrypoint"), *words],
        env={"PATH": f"{programs}:{os.environ['PATH']}", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    instance, *started = answer.stdout.splitlines()
    return instance, started


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ROLES)
def test_a_container_becomes_the_role_of_a_service(programs: Path, service: str, role: str) -> None:
    _, (python, *words) = _enter(programs, service, role)

    assert (python, words[:2]) == ("python", ["-m", "shared.runner"])
    assert runner.read(words[2:]) == (f"services.{service}", [role])


def test_a_service_without_roles_is_all_of_them(programs: Path) -> None:
    _, words = _enter(programs, "leads")

    assert runner.read(words[3:]) == ("services.leads", list(ROLES))


def test_a_replica_is_known_by_the_name_of_its_container(programs: Path) -> None:
    host = subprocess.check_output(["hostname"], text=True).strip()

    assert _enter(programs, "leads", "consumer")[0] == host
    assert _enter(programs, "leads", "consumer", SHANGJI_INSTANCE="7")[0] == "7"


def test_setup_is_the_command_of_that_name(programs: Path) -> None:
    assert _enter(programs, "setup", "--replicas", "3")[1] == [
        *("shangji", "setup", "--replicas", "3")
    ]


def test_anything_else_runs_as_it_is(programs: Path) -> None:
    assert _enter(programs, "python", "-V")[1] == ["python", "-V"]


def test_a_container_without_words_says_what_it_needs() -> None:
    answer = subprocess.run(
        [str(DEPLOY / "entrypoint")], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 64
    assert "SERVICE" in answer.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_can_be_run_by_any_shell(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/bin/sh\n")
    assert "\nset -eu\n" in script.read_text()
    for shell in ("sh", "bash"):
        subprocess.run([shell, "-n", str(script)], check=True)


def test_new_passwords_differ_and_are_never_overwritten(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    make_env = str(tmp_path / "deploy" / "make-env")

    subprocess.run([make_env], check=True, capture_output=True)
    made = (tmp_path / ".env").read_text()
    again = subprocess.run([make_env], check=False, capture_output=True)

    passwords = re.findall(r"^\w+_PASSWORD=(\w{32})$", made, re.MULTILINE)
    assert len(set(passwords)) == len(passwords) == made.count("_PASSWORD=")
    assert again.returncode == 1
    assert (tmp_path / ".env").read_text() == made
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_what_the_image_copies_is_there_and_reaches_the_build() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE)
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()

    assert copied
    for source in copied:
        assert (CHECKOUT / source).exists()
        assert f"!{source.rstrip('/')}" in ignored


def test_the_image_is_built_from_the_lock_and_runs_as_nobody_special() -> None:
    assert re.search(r"pip install --require-hashes .*requirements\.lock", DOCKERFILE)
    assert re.search(r"^USER [1-9]\d+$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.count("FROM python:3.11-slim") == DOCKERFILE.count("FROM ")


def test_no_secret_is_part_of_the_image() -> None:
    assert not re.search(r"(PASSWORD|SECRET|_KEY|DATABASE_URL)", DOCKERFILE)

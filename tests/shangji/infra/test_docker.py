"""How the containers of the compose file are run, read off the command: there is no engine here."""

from itertools import pairwise
from pathlib import Path

from shangji.home import Home
from shangji.infra import docker
from shangji.infra.bootstrap import role_names
from shangji.infra.postgres import ADMIN
from tests.deploy import compose

PORTS = {"postgres": 15432, "kafka": 19092}
PASSWORDS = {role: f"{role}-secret" for role in [ADMIN, *role_names()]}


def test_the_files_it_names_are_there(tmp_path: Path) -> None:
    argv = docker.spec(Home(tmp_path), PORTS, PASSWORDS).argv

    files = [Path(after) for word, after in pairwise(argv) if word == "--file"]
    assert files == [compose.COMPOSE_FILE, compose.HOST_FILE]
    assert all(file.exists() for file in files)


def test_every_password_the_compose_file_asks_for_is_given(tmp_path: Path) -> None:
    given = docker.spec(Home(tmp_path), PORTS, PASSWORDS).env

    assert compose.required(compose.COMPOSE_FILE.read_text()) <= given.keys()


def test_the_servers_listen_where_the_services_look_for_them(tmp_path: Path) -> None:
    given = docker.spec(Home(tmp_path), PORTS, PASSWORDS).env

    assert compose.mentioned(compose.HOST_FILE.read_text()) <= given.keys()
    assert (given["SHANGJI_POSTGRES_PORT"], given["SHANGJI_KAFKA_PORT"]) == ("15432", "19092")


def test_two_homes_do_not_share_their_data(tmp_path: Path) -> None:
    one, other = (docker.spec(Home(tmp_path / name), PORTS, PASSWORDS) for name in ("a", "b"))

    assert one.argv != other.argv

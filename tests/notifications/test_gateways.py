"""The real ways out, against a mail server and a robot on this machine; and their twins."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller
from asyncpg.pgproto import pgproto
from pydantic import SecretStr

from services.notifications.gateways import Letter, Post
from services.notifications.gateways.mail import RecordedMail, SmtpMail
from services.notifications.gateways.outside import Outside
from services.notifications.gateways.wecom import RecordedRobot, WeComRobot
from services.notifications.settings import NotificationsSettings
from shangji.ports import any_free
from shared.timers import SendFailed

SENDER = "Shangji <shangji@example.com>"


def letter(to: str = "anna@example.com", *, subject: str = "新线索归你跟进：远东轴承") -> Letter:
    return Letter(message_id=uuid4(), to=to, subject=subject, text="请在 10:00 前跟进。")


@dataclass
class Mailbox:
    """What a mail server took, and what it answers to recipients and to content."""

    received: list[bytes] = field(default_factory=list)
    to_recipients: str = "250 OK"
    to_content: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.to_recipients.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipients

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(envelope.content)
        return self.to_content


@dataclass
class MailServer:
    mailbox: Mailbox
    url: str


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=any_free())
    controller.start()
    try:
        yield MailServer(mailbox=mailbox, url=f"smtp://127.0.0.1:{controller.port}")
    finally:
        controller.stop()


@dataclass
class Robot:
    """A robot's webhook: what it was told, and what it answers."""

    url: str = ""
    status: str = "200 OK"
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    received: list[dict[str, Any]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        self.received.append(orjson.loads(await reader.readexactly(length)))
        writer.write(
            f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.answer)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + self.answer
        )
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def robot() -> AsyncIterator[Robot]:
    robot = Robot()
    server = await asyncio.start_server(robot.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    robot.url = f"http://127.0.0.1:{port}/cgi-bin/webhook/send?key=top-secret"
    async with server:
        yield robot


async def test_a_letter_arrives_with_its_id_and_its_chinese(mail_server: MailServer):
    sent = letter()

    await SmtpMail(mail_server.url, sender=SENDER).send(sent)

    (raw,) = mail_server.mailbox.received
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["Message-ID"] == f"<{sent.message_id}@example.com>"
    assert mail["Subject"] == sent.subject
    assert mail.get_content().strip() == sent.text


@pytest.mark.parametrize(
    ("recipients", "content", "retry"),
    [
        pytest.param("550 no such user", "250 OK", False, id="no such user"),
        pytest.param("451 greylisted", "250 OK", True, id="come back later"),
        pytest.param("250 OK", "554 spam", False, id="content refused"),
        pytest.param("250 OK", "452 disk full", True, id="disk full"),
    ],
)
async def test_a_letter_that_is_refused_for_now_may_be_sent_again(
    mail_server: MailServer, recipients: str, content: str, retry: bool
):
    mail_server.mailbox.to_recipients, mail_server.mailbox.to_content = recipients, content

    with pytest.raises(SendFailed) as failed:
        await SmtpMail(mail_server.url, sender=SENDER).send(letter())

    assert failed.value.retry == retry


async def test_a_mail_server_that_is_away_may_come_back():
    gone = SmtpMail(f"smtp://127.0.0.1:{any_free()}", sender=SENDER)

    with pytest.raises(SendFailed) as failed:
        await gone.send(letter())

    assert failed.value.retry


async def test_an_address_with_a_line_break_goes_nowhere(mail_server: MailServer):
    mail = SmtpMail(mail_server.url, sender=SENDER)

    with pytest.raises(SendFailed) as failed:
        await mail.send(letter(to="anna@example.com\r\nBcc: all@example.com"))

    assert not failed.value.retry
    assert mail_server.mailbox.received == []


async def test_the_robot_is_told_in_its_own_format(robot: Robot):
    await WeComRobot(robot.url).post(Post(message_id=uuid4(), text="新线索归你跟进"))

    assert robot.received == [{"msgtype": "text", "text": {"content": "新线索归你跟进"}}]


@pytest.mark.parametrize(
    ("status", "answer", "retry"),
    [
        pytest.param(
            "200 OK", b'{"errcode":45009,"errmsg":"api freq out of limit"}', True, id="too often"
        ),
        pytest.param(
            "200 OK", b'{"errcode":93000,"errmsg":"invalid webhook url"}', True, id="no robot"
        ),
        pytest.param("200 OK", b'{"errcode":45002,"errmsg":"too long"}', False, id="too long"),
        pytest.param("200 OK", b"<html>welcome to the hotel</html>", True, id="somebody else"),
        pytest.param("502 Bad Gateway", b"", True, id="gateway"),
        pytest.param("404 Not Found", b"", True, id="not there"),
    ],
)
async def test_a_robot_that_refuses_is_understood_whatever_the_status_says(
    robot: Robot, status: str, answer: bytes, retry: bool
):
    robot.status, robot.answer = status, answer

    with pytest.raises(SendFailed) as failed:
        await WeComRobot(robot.url).post(Post(message_id=uuid4(), text="x"))

    assert failed.value.retry == retry
    assert "top-secret" not in failed.value.reason


async def test_a_robot_that_is_away_does_not_give_its_key_away():
    gone = WeComRobot(f"http://127.0.0.1:{any_free()}/send?key=top-secret")

    with pytest.raises(SendFailed) as failed:
        await gone.post(Post(message_id=uuid4(), text="x"))

    assert failed.value.retry
    assert "top-secret" not in failed.value.reason


async def test_without_a_mail_server_each_letter_is_one_file_however_often_it_is_sent(
    tmp_path: Path,
):
    twin, sent = RecordedMail(tmp_path / "mail", sender=SENDER), letter()

    await twin.send(sent)
    await twin.send(sent)

    (file,) = (tmp_path / "mail").iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert file.name == f"{sent.message_id}.eml"
    assert mail["Subject"] == sent.subject


async def test_a_line_break_in_a_name_does_not_keep_a_letter_from_leaving(tmp_path: Path):
    sent = letter(subject="新线索归你跟进：甲\r\nBcc: everybody@example.com")

    await RecordedMail(tmp_path, sender=SENDER).send(sent)

    written = (tmp_path / f"{sent.message_id}.eml").read_bytes()
    mail = email.message_from_bytes(written, policy=email.policy.default)
    assert mail["Subject"] == "新线索归你跟进：甲 Bcc: everybody@example.com"
    assert mail["Bcc"] is None


async def test_without_a_robot_each_message_is_a_line(tmp_path: Path):
    twin = RecordedRobot(tmp_path / "sent" / "wecom.jsonl")
    ids = (uuid4(), pgproto.UUID(uuid4().bytes))  # the database brings ids of a class of its own
    posts = [Post(message_id=ids[0], text="一"), Post(message_id=ids[1], text="二")]

    await asyncio.gather(*(twin.post(post) for post in posts))

    lines = (tmp_path / "sent" / "wecom.jsonl").read_bytes().splitlines()
    assert {orjson.loads(line)["text"]["content"] for line in lines} == {"一", "二"}


@pytest.mark.parametrize(
    ("smtp", "webhook", "kinds"),
    [
        pytest.param("", "", (RecordedMail, RecordedRobot), id="nothing is set"),
        pytest.param("smtp://mail", "https://robot", (SmtpMail, WeComRobot), id="both are set"),
    ],
)
def test_what_has_an_address_is_real_and_the_rest_is_recorded(
    tmp_path: Path, smtp: str, webhook: str, kinds: tuple[type, type]
):
    outside = Outside()

    outside.open(
        NotificationsSettings(smtp_url=SecretStr(smtp), wecom_url=SecretStr(webhook)), home=tmp_path
    )

    assert (type(outside.mail), type(outside.robot)) == kinds

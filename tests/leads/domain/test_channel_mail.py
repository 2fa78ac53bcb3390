"""Reading mails: who wrote, and what their lines say."""

from email.message import EmailMessage
from typing import Any, cast

import pytest

from services.leads.domain.channel import mail
from services.leads.domain.channel.mail import NotAMail


def parsed(text: str, *, subtype: str = "plain", **headers: str) -> dict[str, Any]:
    """A mail with this text, read."""
    message = EmailMessage()
    for name, value in {"From": "李雷 <lilei@example.com>", **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, subtype=subtype)
    return cast("dict[str, Any]", mail.parse(message.as_bytes()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("电话：0512-62345678", {"phone": "0512-62345678"}, id="a landline"),
        pytest.param(
            "打我 138 1234 1234 谢谢", {"phone": "138 1234 1234"}, id="a mobile in a sentence"
        ),
        pytest.param(
            "手机: 13812341234\n单 位：Acme",
            {"phone": "13812341234", "company_name": "Acme"},
            id="both",
        ),
        pytest.param("Name: Li Lei\nTel.: x", {"name": "Li Lei"}, id="english"),
        pytest.param("联系人：李雷\n\n联系人：韩梅梅", {"name": "韩梅梅"}, id="the last one signs"),
        pytest.param("编号 20138123412345", {}, id="a long number is no phone"),
        pytest.param("", {}, id="nothing"),
    ],
)
def test_lines_say(text: str, found: dict[str, str]):
    assert parsed(text)["found"] == found


def test_who_is_to_be_answered_is_the_person():
    read = parsed("x", Reply_To="han@example.com")

    assert read["from"] == {"name": "李雷", "mail": "han@example.com"}


def test_a_page_is_read_as_its_words():
    page = "<html><head><title>t</title><style>x{}</style></head><body><p>您好</p><p>电话：0512-62345678</p></body></html>"

    assert parsed(page, subtype="html")["text"] == "您好\n电话：0512-62345678"


def test_a_date_without_a_zone_is_none():
    assert (
        parsed("x", Date="Mon, 02 Mar 2026 09:30:00 +0800")["date"] == "2026-03-02T09:30:00+08:00"
    )
    assert parsed("x", Date="whenever")["date"] == ""


@pytest.mark.parametrize("body", [b"", b"\x00\x01", b"Subject: x\r\n\r\ny"])
def test_a_message_from_nobody_is_none(body: bytes):
    with pytest.raises(NotAMail):
        mail.parse(body)


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030", "utf-8", "x-unknown"])
def test_what_a_charset_says_is_not_always_so(charset: str):
    encoding = "gb18030" if charset.startswith("gb") else "utf-8"
    body = (
        f"From: a@x.com\r\nContent-Type: text/plain; charset={charset}\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + "公司：镕基水务".encode(encoding)

    read = cast("dict[str, Any]", mail.parse(body))

    assert read["found"] == {"company_name": "镕基水务"}

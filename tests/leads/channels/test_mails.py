"""Mails and calls: one message in, a lead out."""

import base64
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

from services.leads.domain.channel import mail
from tests.leads.channels.senders import Sender, define, ready
from tests.leads.office import Office

MOBILE = "13812341234"
GBK = (
    b"From: =?gb2312?B?wO7A1w==?= <lilei@example.com>\r\n"
    b"Subject: =?GBK?B?0a+827Wl?=\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"Date: Mon, 02 Mar 2026 09:30:00 +0800\r\n"
    b"Content-Type: text/plain; charset=gb2312\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)
TEXT = """您好，请给我们报个价。

李雷
公司：苏州恒达水务有限公司
手机：138-1234-1234
"""


def gbk() -> bytes:
    """A mail as Chinese clients write it: GBK that calls itself GB2312, in base64."""
    return GBK + base64.b64encode(TEXT.encode("gbk")) + b"\r\n"


def with_attachment() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "韩梅梅 <han@example.com>"
    message["Subject"] = "Drawing"
    message["Message-ID"] = "<2@example.com>"
    message.set_content(
        "<p>See the <b>drawing</b></p><script>x()</script><p>Tel: 13900001111</p>", "html"
    )
    message.add_attachment(
        b"secret drawing", maintype="application", subtype="pdf", filename="图纸.pdf"
    )
    return message.as_bytes()


async def sent(office: Office, message: bytes) -> Any:
    sender = await ready(office, "post", kind="mail")
    return await sender.send(content=message, content_type="message/rfc822", path="mail")


async def lead_of(office: Office, answer: Any) -> dict[str, Any]:
    submission = (await office.olga.get(f"/submissions/{answer.json()['submission_id']}")).json()
    return await office.olga.lead(UUID(submission["lead_id"]))


async def test_a_chinese_mail_becomes_a_lead(office: Office):
    answer = await sent(office, gbk())

    assert answer.status_code == 200, answer.text
    lead = await lead_of(office, answer)
    assert (lead["name"], lead["company_name"]) == ("李雷", "苏州恒达水务有限公司")
    assert lead["captured_at"] == "2026-03-02T01:30:00Z"
    assert lead["notes"].startswith("询价单")
    assert "报个价" in lead["notes"]
    [row] = await office.leads("phone", "mail")
    assert row == {"phone": f"+86{MOBILE}", "mail": "lilei@example.com"}


async def test_attachments_are_named_and_not_kept(office: Office):
    answer = await sent(office, with_attachment())

    lead = await lead_of(office, answer)
    assert lead["attributes"] == {"attachments": "图纸.pdf"}
    assert "drawing" in lead["notes"]
    assert "x()" not in lead["notes"]
    [kept] = await office.bodies()
    assert kept["body"] is not None
    assert b"c2VjcmV0" not in kept["body"]
    assert mail.parse(kept["body"]) == mail.parse(with_attachment())


async def test_the_same_mail_delivered_twice_is_one_lead(office: Office):
    first = await sent(office, gbk())
    again = await Sender(office, "post").send(
        content=gbk(), content_type="message/rfc822", path="mail"
    )

    assert again.json() == first.json()
    assert await office.rows("SELECT touches FROM lead") == [{"touches": 1}]


async def test_what_is_no_mail_waits_in_quarantine(office: Office):
    answer = await sent(office, b"\x00\x01 no mail")

    assert answer.status_code == 422
    assert len(await office.rows("SELECT FROM submission WHERE state = 'quarantined'")) == 1


async def test_a_call_is_noted_and_joins_whom_it_was_with(office: Office):
    await define(office, "hotline", kind="phone", finder_keeps=True, proof={"scheme": "none"})
    call = {
        "phone": MOBILE,
        "direction": "in",
        "called_at": "2026-02-01T09:30:00+08:00",
        "notes": "想要报价",
    }

    first = await office.anna.send("POST", "/channels/hotline/calls", call)
    again = await office.anna.send(
        "POST", "/channels/hotline/calls", {"phone": MOBILE, "direction": "out"}
    )

    assert (first.status_code, again.status_code) == (201, 200), first.text
    lead = await office.anna.lead(UUID(first.json()["id"]))
    assert (lead["owner_id"], lead["channel"]) == (str(office.anna.id), "hotline")
    assert lead["attributes"] == {"call_direction": "out"}
    touches = (await office.anna.get(f"/leads/{lead['id']}/touches")).json()
    assert touches[0]["touched_at"] == "2026-02-01T01:30:00Z"
    counted = (await office.olga.get("/channels/hotline")).json()["counters"]
    assert (counted["accepted"], counted["duplicates"]) == (2, 1)


async def test_a_call_with_nobody_is_refused_and_kept(office: Office):
    await define(office, "hotline", kind="phone", proof={"scheme": "none"})

    refused = await office.anna.send("POST", "/channels/hotline/calls", {"direction": "in"})

    assert refused.status_code == 422
    assert refused.json()["submission_id"]


async def test_a_scan_sheet_is_a_file_whose_rows_name_the_channel(office: Office):
    await define(
        office,
        "expo",
        kind="file",
        proof={"scheme": "none"},
        region="上海",
        required=["company_name"],
    )
    sheet = "external_id,name,phone,company_name,channel\n1,李雷,13812341234,Acme,expo\n2,韩梅梅,13900001111,,expo\n"

    answer = await office.olga.send(
        "POST",
        "/imports/leads",
        content=sheet.encode(),
        headers={"Content-Type": "application/octet-stream"},
    )
    await office.world.advance()

    assert answer.status_code in (200, 201, 202), answer.text
    [lead] = await office.rows("SELECT channel, region FROM lead")
    assert lead == {"channel": "expo", "region": "上海"}

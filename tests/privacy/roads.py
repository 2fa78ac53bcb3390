"""Every road by which a person comes to us, and all that is then said of them."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from shangji.client import Client, Refused
from shared.principals import ROOT_UNIT
from tests.support.canaries import Canaries
from tests.support.stack import Shangji

NAME, MOBILE, MAIL = "甄金丝", "13900008888", "canary.zhen@example.com"
WECHAT, CLICK = "canary_wx_7", "canary-click-7"
COMPANY = "杭州云帆智能制造有限公司"
CANARIES = Canaries((NAME, MOBILE, MAIL, WECHAT, CLICK))
"""None of these may stand in a topic or a log, and in no table once the person is forgotten."""
SECRET = "a secret of the tests, long enough"


@dataclass
class Enterprise:
    """A running stack with one team, whose seller gets what comes in."""

    shangji: Shangji
    client: Client
    seller: UUID

    @property
    def mine(self) -> Client:
        """The same services, asked by the seller."""
        return self.client.named(self.seller)

    async def post(self, path: str, body: Any) -> Any:
        """A command of the operator's to `leads`."""
        return await self.client.send("POST", "leads", path, body)

    async def public(self, path: str, content: bytes, **headers: str) -> None:
        """What somebody outside sends, who knows nothing of us."""
        url = self.client.stack.url("leads") + path
        answer = await self.client.http.post(url, content=content, headers=headers)
        assert answer.is_success or answer.status_code == 422, answer.text


async def found(shangji: Shangji, client: Client) -> Enterprise:
    """A team of Zhejiang with a seller, and the channels that people come by."""

    async def make(path: str, **fields: Any) -> str:
        return (await client.send("POST", "opportunities", path, fields))["id"]

    team = await make(
        "/units", name="East 1", kind="team", parent_id=str(ROOT_UNIT), regions=["浙江"]
    )
    seller = await make(
        "/persons",
        username="li.na",
        name="Li Na",
        email="li.na@example.com",
        unit_id=team,
        roles=["seller"],
    )
    await client.wait_for_quiet()
    for key, channel in CHANNELS.items():
        await client.send(
            "PUT", "leads", f"/channels/{key}", {"channel": channel, "why": "for a test"}
        )
        if channel["proof"]["scheme"] != "none":
            parts = {"parts": {"secret": SECRET}}
            await client.send("PUT", "leads", f"/channels/{key}/secret", parts)
    return Enterprise(shangji, client, UUID(seller))


CHANNELS: dict[str, dict[str, Any]] = {
    "web": {"title": "Web", "kind": "form", "proof": {"scheme": "none"}, "region": "浙江"},
    "acme": {"title": "Acme", "proof": {"scheme": "header-token"}, "required": ["company_name"]},
    "post": {"title": "Post", "kind": "mail", "proof": {"scheme": "header-token"}},
    "hotline": {"title": "Hotline", "kind": "phone", "proof": {"scheme": "none"}},
}


async def come_by_form(house: Enterprise) -> str:
    """The first time: by a form, with everything; the lead's id."""
    form = {
        "submission_key": uuid4().hex,
        "elapsed_seconds": 12.5,
        "website": "",
        "name": NAME,
        "phone": MOBILE,
        "mail": MAIL,
        "company_name": COMPANY,
        "notes": f"我是{NAME}，请打 {MOBILE}",
        "attributes": {"wechat": WECHAT},
        "trail": {
            "utm_source": "baidu",
            "click": "bd_vid",
            "click_id": CLICK,
            "landing_page": f"https://www.example.com/?bd_vid={CLICK}",
        },
    }
    answer = await house.client.http.post(
        house.client.stack.url("leads") + "/channels/web/submissions", json=form
    )
    assert answer.is_success, answer.text
    shown = await house.client.get("leads", f"/submissions/{answer.json()['submission_id']}")
    return shown["lead_id"]


async def come_again(house: Enterprise, folder: Path) -> None:
    """By a webhook, good and bad; by mail; by phone; in a file, good and bad; by the API, good and bad."""
    bearer = {"Authorization": f"Bearer {SECRET}"}
    json = {"Content-Type": "application/json", **bearer}
    said = f'"name": "{NAME}", "phone": "{MOBILE}"'
    await house.public(
        "/channels/acme/submissions", f'{{{said}, "company_name": "{COMPANY}"}}'.encode(), **json
    )
    await house.public("/channels/acme/submissions", f"{{{said}}}".encode(), **json)
    await house.public(
        "/channels/post/mail", _mail(), **{"Content-Type": "message/rfc822", **bearer}
    )
    call = {"phone": MOBILE, "direction": "in", "notes": f"{NAME} called"}
    await house.post("/channels/hotline/calls", call)
    await house.post("/leads", {"name": NAME, "mail": MAIL, "attributes": {"wechat": WECHAT}})
    try:
        await house.post("/leads", {"name": NAME, "mail": MAIL, "phone": "12"})
    except Refused as refused:
        assert refused.status == 422  # noqa: PT017 - what is refused is kept, which is the point
    file = folder / "leads.csv"
    file.write_text(
        "id,name,phone,mail,company_name\n"
        f"1,{NAME},{MOBILE},{MAIL},{COMPANY}\n"
        f"2,{NAME},12,{MAIL},{COMPANY}\n",
        encoding="gb18030",
    )
    house.shangji.run("import", "leads", str(file))


async def be_merged(house: Enterprise, lead_id: str) -> str:
    """A second record of the person that is merged with the first; its id."""
    other = await house.post(
        "/leads",
        {
            "name": NAME,
            "phone": "0571-87654321",
            "company_name": COMPANY,
            "region": "浙江",
            "notes": f"{NAME}，总机",
        },
    )
    wanted = {"other_id": other["id"], "take": ["notes"], "why": f"Both are {NAME}"}
    await house.post(f"/leads/{lead_id}/merge", wanted)
    return other["id"]


async def be_worked_on(house: Enterprise, lead_id: str) -> str:
    """Evidence, a correction, a call, and in the end a customer with a deal; the contact's id."""
    mine = house.mine
    note = {
        "framework": "meddic",
        "criterion": "champion",
        "evidence": "yes",
        "claim": f"{NAME} ({MAIL}) is for it",
        "said_by": NAME,
    }
    await mine.send("POST", "leads", f"/leads/{lead_id}/evidence", note)
    bant = {"need": {"evidence": "yes", "said_by": NAME}}
    any_version = {"If-Match": "*"}
    await mine.send("PUT", "leads", f"/leads/{lead_id}/bant", bant, headers=any_version)
    address = {"address": "杭州市西湖区1号"}
    await mine.send("PATCH", "leads", f"/leads/{lead_id}", address, headers=any_version)
    await mine.send("POST", "leads", f"/leads/{lead_id}/reveal", {})
    done = {
        "subject_kind": "lead",
        "subject_id": lead_id,
        "kind": "call",
        "text": f"Spoke with {NAME}, {MOBILE}",
    }
    await mine.send("POST", "opportunities", "/activities", done)
    await mine.request(
        "POST",
        "opportunities",
        "/documents",
        params={"subject_kind": "lead", "subject_id": lead_id, "name": f"{NAME}的名片.txt"},
        content=f"{NAME}，{MOBILE}，{MAIL}".encode(),
    )
    converted = await mine.send(
        "POST", "leads", f"/leads/{lead_id}/convert", {"deal": {"amount": "128000.00"}}
    )
    return converted["contact_id"]


def _mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = f"{NAME} <{MAIL}>", "询价"
    message["Message-ID"] = "<canary@example.com>"
    message.set_content(f"{NAME}\n手机：{MOBILE}\n", charset="gb18030", cte="base64")
    return message.as_bytes()

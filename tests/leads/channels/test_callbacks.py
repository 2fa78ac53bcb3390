"""Enciphered callbacks: the address tried out, wrong signatures, replays, other receivers."""

import time
from typing import Any

import pytest

from tests.leads.channels.platforms import AES_KEY, TOKEN, Platform, decipher, signature
from tests.leads.channels.senders import define, give_secret
from tests.leads.office import Office

MOBILE = "13812341234"
PARTS = {"token": TOKEN, "aes_key": AES_KEY}
KEYS = {"encrypt_key": "the encrypt key", "verification_token": "the verification token"}


async def wecom(office: Office) -> Platform:
    mapping = {"name": "xml.Name", "phone": "xml.Tel"}
    proof = {"scheme": "wecom", "receiver": "wx5823bf96d3bd56c7"}
    await define(office, "wecom", proof=proof, mapping=mapping)
    await give_secret(office, "wecom", parts=PARTS)
    return Platform(office, "wecom", "wx5823bf96d3bd56c7")


async def dingtalk(office: Office) -> Platform:
    await define(office, "dingtalk", proof={"scheme": "dingtalk", "receiver": "ding1"})
    await give_secret(office, "dingtalk", parts=PARTS)
    return Platform(office, "dingtalk", "ding1")


async def feishu(office: Office) -> Platform:
    mapping = {"name": "event.name", "phone": "event.phone"}
    await define(office, "feishu", proof={"scheme": "feishu", "receiver": "cli_1"}, mapping=mapping)
    await give_secret(office, "feishu", parts=KEYS)
    return Platform(office, "feishu", "cli_1")


def feishu_event(**changes: str) -> dict[str, Any]:
    header = {"token": KEYS["verification_token"], "app_id": "cli_1", "event_id": "1", **changes}
    return {"schema": "2.0", "header": header, "event": {"name": "李雷", "phone": MOBILE}}


WECOM_MESSAGE = f"<xml><Name>李雷</Name><Tel>{MOBILE}</Tel></xml>"


async def leads(office: Office) -> list[tuple[str, str]]:
    return [(lead["name"], lead["phone"]) for lead in await office.leads("name", "phone")]


async def test_wecom_tries_the_address_and_gets_its_own_words_back(office: Office):
    platform = await wecom(office)

    answer = await platform.wecom_check("1616140317555161061")

    assert (answer.status_code, answer.text) == (200, "1616140317555161061")
    platform.token = "another token"
    assert (await platform.wecom_check("1")).status_code == 401


async def test_a_message_of_wecom_becomes_a_lead_and_can_be_read_without_its_secret(
    office: Office,
):
    platform = await wecom(office)

    answer = await platform.wecom(WECOM_MESSAGE)

    assert (answer.status_code, answer.text) == (200, "success")
    assert await leads(office) == [("李雷", f"+86{MOBILE}")]
    [kept] = await office.bodies()
    assert kept["body"] is not None
    assert kept["opened"] is not None
    assert b"Encrypt" in kept["body"]
    assert kept["opened"].decode() == WECOM_MESSAGE


async def test_dingtalk_hears_an_enciphered_success(office: Office):
    platform = await dingtalk(office)

    checked = await platform.dingtalk({"EventType": "check_url"})
    answer = await platform.dingtalk({"name": "李雷", "phone": MOBILE})

    for said in (checked.json(), answer.json()):
        assert decipher(said["encrypt"]) == ("success", "ding1")
        made = signature(TOKEN, said["timeStamp"], said["nonce"], said["encrypt"])
        assert said["msg_signature"] == made
    assert await leads(office) == [("李雷", f"+86{MOBILE}")]
    assert len(await office.rows("SELECT FROM submission")) == 1


async def test_feishu_tries_the_address_by_a_challenge(office: Office):
    platform = await feishu(office)
    asked = {
        "type": "url_verification",
        "challenge": "abc",
        "token": KEYS["verification_token"],
    }

    answer = await platform.feishu(asked, encrypt_key=KEYS["encrypt_key"], is_signed=False)
    wrong = await platform.feishu(
        asked | {"token": "x"}, encrypt_key=KEYS["encrypt_key"], is_signed=False
    )

    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})
    assert wrong.status_code == 401


async def test_an_event_of_feishu_becomes_a_lead(office: Office):
    platform = await feishu(office)

    answer = await platform.feishu(feishu_event(), encrypt_key=KEYS["encrypt_key"])

    assert answer.status_code == 200, answer.text
    assert await leads(office) == [("李雷", f"+86{MOBILE}")]


@pytest.mark.parametrize("wrong", ["signature", "key", "time", "receiver"])
@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
async def test_what_is_not_for_us_is_refused_and_counted(office: Office, name: str, wrong: str):
    platform = await {"wecom": wecom, "dingtalk": dingtalk, "feishu": feishu}[name](office)
    at = time.time() - 3600 if wrong == "time" else None
    if wrong == "receiver":
        platform.receiver = "somebody else"
    if wrong == "signature":
        platform.token = "another token"
    if wrong == "key":
        other = (
            {**PARTS, "aes_key": "A" + AES_KEY[1:]}
            if name != "feishu"
            else {
                **KEYS,
                "encrypt_key": "another key",
            }
        )
        await give_secret(office, name, parts=other, overlap_hours=0)

    answer = await {
        "wecom": lambda: platform.wecom(WECOM_MESSAGE, at=at),
        "dingtalk": lambda: platform.dingtalk({"phone": MOBILE}, at=at),
        "feishu": lambda: platform.feishu(
            feishu_event(app_id=platform.receiver),
            encrypt_key=KEYS["encrypt_key"],
            at=at,
            is_signed=wrong != "signature",
        ),
    }[name]()

    assert answer.status_code == 401, answer.text
    assert await office.rows("SELECT FROM submission") == []
    counted = (await office.olga.get(f"/channels/{name}")).json()["counters"]
    assert counted["refused"] == 1


async def test_the_very_same_callback_again_does_nothing_more(office: Office):
    platform = await wecom(office)

    answers = [await platform.wecom(WECOM_MESSAGE) for _ in range(3)]

    assert {answer.text for answer in answers} == {"success"}
    assert await office.rows("SELECT touches FROM lead") == [{"touches": 1}]


async def test_a_secret_that_cannot_be_one_is_refused(office: Office):
    await wecom(office)

    for parts in ({"token": TOKEN}, {**PARTS, "aes_key": "short"}, {**PARTS, "secret": "x"}):
        refused = await office.olga.send("PUT", "/channels/wecom/secret", {"parts": parts})
        assert refused.status_code == 422, refused.text

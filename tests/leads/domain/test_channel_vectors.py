"""Vectors of others: what their libraries made, ours must read."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.leads.domain.channel.callbacks import Dingtalk, Wecom
from services.leads.domain.channel.ciphers import NotDecipherable, decipher_feishu, sign_feishu
from services.leads.domain.channel.delivery import Delivery, Genuine, Greeting, Suspect
from services.leads.domain.channel.proof import StandardWebhooks

STANDARD = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "timestamp": 1614265330,
    "payload": '{"test": 2432232314}',
    "signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def vectors(scheme: str) -> list[Any]:
    """Those in the folder of real data; nothing without it."""
    folder = os.environ.get("SHANGJI_DATA")
    path = Path(folder or "/nowhere") / "vectors" / "vectors.json"
    return json.loads(path.read_text())[scheme] if path.is_file() else []


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("vector", [STANDARD, *vectors("standard_webhooks")])
def test_standard_webhooks(vector: dict[str, Any]):
    delivery = Delivery(
        body=vector["payload"].encode(),
        headers={
            "webhook-id": vector["msg_id"],
            "webhook-timestamp": str(vector["timestamp"]),
            "webhook-signature": vector["signature"],
        },
        came_at=at(vector["timestamp"] + 10),
        salt=bytes(16),
    )
    scheme = StandardWebhooks(scheme="standard-webhooks")

    assert isinstance(scheme.prove(delivery, [{"secret": vector["secret"]}]), Genuine)
    other = [{"secret": "whsec_" + "A" * 32}]
    assert isinstance(scheme.prove(delivery, other), Suspect)


@pytest.mark.skipif(not vectors("wecom"), reason="SHANGJI_DATA names no vectors")
@pytest.mark.parametrize("vector", vectors("wecom"))
def test_wecom(vector: dict[str, Any]):
    query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce", "echostr")}
    delivery = Delivery(query=query, came_at=at(int(vector["timestamp"])), salt=bytes(16))
    secret = {"token": vector["token"], "aes_key": vector["encodingAESKey"]}
    scheme = Wecom(scheme="wecom", receiver=vector["receiveid"])

    greeted = scheme.greet(delivery, [secret])

    assert isinstance(greeted, Greeting)
    assert greeted.reply.body == vector["plain"]
    other = Wecom(scheme="wecom", receiver="somebody else")
    assert isinstance(other.greet(delivery, [secret]), Suspect)


@pytest.mark.skipif(not vectors("dingtalk"), reason="SHANGJI_DATA names no vectors")
@pytest.mark.parametrize("vector", vectors("dingtalk"))
def test_dingtalk(vector: dict[str, Any]):
    query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}
    delivery = Delivery(
        body=json.dumps({"encrypt": vector["encrypt"]}).encode(),
        content_type="application/json",
        query=query,
        came_at=at(int(vector["timestamp"]) / 1000),
        salt=bytes(16),
    )
    secret = {"token": vector["token"], "aes_key": vector["encodingAESKey"]}
    scheme = Dingtalk(scheme="dingtalk", receiver=vector["key"])

    assert isinstance(scheme.prove(delivery, [secret]), Greeting)


def test_feishu_s_own_example_is_deciphered():
    """Printed in Feishu's guide to receiving events, beside its sample code."""
    enciphered = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="

    assert decipher_feishu(enciphered, "test key") == b"hello world"
    with pytest.raises(NotDecipherable):
        decipher_feishu(enciphered, "another key")


def test_feishu_signs_time_nonce_key_and_body_in_this_order():
    """As the guide's sample code does: SHA-256 of the first three, as text, and the bytes of the body."""
    body = b'{"encrypt":"P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="}'
    made = hashlib.sha256(b"1700000000" + b"nonce" + b"test key" + body).hexdigest()

    assert sign_feishu("test key", "1700000000", "nonce", body) == made

"""Senders of every scheme, written from the schemes' own documents and not from our code."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from tests.leads.office import Office

SECRET = "a secret of the tests, long enough"


@dataclass
class Sender:
    """Somebody who sends to one channel, with a secret that may be wrong."""

    office: Office
    key: str
    secret: str = SECRET
    headers: dict[str, str] = field(default_factory=dict)

    async def send(
        self,
        payload: Any = None,
        *,
        content: bytes | None = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        path: str = "submissions",
    ) -> httpx.Response:
        """One delivery, signed with a bearer token unless `headers` prove it otherwise."""
        body = orjson.dumps(payload) if content is None else content
        proof = {"Authorization": f"Bearer {self.secret}"} if headers is None else headers
        return await self.office.world["leads"].api.post(
            f"/channels/{self.key}/{path}",
            content=body,
            params=query,
            headers={"Content-Type": content_type, **proof},
        )


def hmac_hex(body: bytes, *, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def hmac_base64(body: bytes, *, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def standard_webhook(
    body: bytes, *, secret: str, id: str = "msg_1", at: float | None = None
) -> dict[str, str]:
    """Headers as https://www.standardwebhooks.com says."""
    timestamp = str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


async def define(office: Office, key: str = "acme", **channel: Any) -> dict[str, Any]:
    """Put a channel in force; a webhook with a bearer token unless said otherwise."""
    whole = {"title": "Acme", "proof": {"scheme": "header-token"}, **channel}
    answer = await office.olga.send(
        "PUT", f"/channels/{key}", {"channel": whole, "why": "for a test"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def give_secret(office: Office, key: str = "acme", **wanted: Any) -> dict[str, Any]:
    """Give a channel its secret."""
    body = wanted or {"parts": {"secret": SECRET}}
    answer = await office.olga.send("PUT", f"/channels/{key}/secret", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ready(office: Office, key: str = "acme", **channel: Any) -> Sender:
    """A channel in force with its secret, and somebody who knows it."""
    await define(office, key, **channel)
    await give_secret(office, key)
    return Sender(office, key)

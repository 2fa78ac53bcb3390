"""WeCom, DingTalk and Feishu as senders, written from their documents and not from our code."""

import base64
import hashlib
import os
import struct
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.leads.office import Office

AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
TOKEN = "a token of the platform"


def encipher(message: str, *, receiver: str, aes_key: str = AES_KEY) -> str:
    key = base64.b64decode(aes_key + "=")
    text = message.encode()
    plain = os.urandom(16) + struct.pack(">I", len(text)) + text + receiver.encode()
    padder = padding.PKCS7(256).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    padded = padder.update(plain) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decipher(text: str, *, aes_key: str = AES_KEY) -> tuple[str, str]:
    key = base64.b64decode(aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
    unpadder = padding.PKCS7(256).unpadder()
    plain = unpadder.update(padded) + unpadder.finalize()
    (length,) = struct.unpack(">I", plain[16:20])
    return plain[20 : 20 + length].decode(), plain[20 + length :].decode()


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


@dataclass
class Platform:
    """Sends to one channel; what is wrong with a message is said by the test."""

    office: Office
    key: str
    receiver: str
    token: str = TOKEN

    def signed(self, enciphered: str, *, at: float | None = None, scale: int = 1) -> dict[str, str]:
        timestamp = str(int((time.time() if at is None else at) * scale))
        return {
            "msg_signature": signature(self.token, timestamp, "nonce1", enciphered),
            "timestamp": timestamp,
            "nonce": "nonce1",
        }

    async def wecom(self, message: str, *, at: float | None = None) -> httpx.Response:
        enciphered = encipher(message, receiver=self.receiver)
        body = f"<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[{enciphered}]]></Encrypt></xml>"
        return await self.post(body.encode(), "text/xml", self.signed(enciphered, at=at))

    async def wecom_check(self, echo: str) -> httpx.Response:
        enciphered = encipher(echo, receiver=self.receiver)
        query = {**self.signed(enciphered), "echostr": enciphered}
        return await self.office.world["leads"].api.get(self.path + "?" + urlencode(query))

    async def dingtalk(self, message: Any, *, at: float | None = None) -> httpx.Response:
        enciphered = encipher(orjson.dumps(message).decode(), receiver=self.receiver)
        body = orjson.dumps({"encrypt": enciphered})
        return await self.post(body, "application/json", self.signed(enciphered, at=at, scale=1000))

    async def feishu(
        self, message: Any, *, encrypt_key: str, at: float | None = None, is_signed: bool = True
    ) -> httpx.Response:
        key = hashlib.sha256(encrypt_key.encode()).digest()
        start = os.urandom(16)
        padder = padding.PKCS7(128).padder()
        padded = padder.update(orjson.dumps(message)) + padder.finalize()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
        sealed = start + encryptor.update(padded) + encryptor.finalize()
        body = orjson.dumps({"encrypt": base64.b64encode(sealed).decode()})
        timestamp = str(int(time.time() if at is None else at))
        made = hashlib.sha256(f"{timestamp}nonce1{encrypt_key}".encode() + body).hexdigest()
        headers = {
            "X-Lark-Request-Timestamp": timestamp,
            "X-Lark-Request-Nonce": "nonce1",
            "X-Lark-Signature": made,
        }
        return await self.post(body, "application/json", {}, headers if is_signed else {})

    @property
    def path(self) -> str:
        return f"/channels/{self.key}/submissions"

    async def post(
        self,
        body: bytes,
        content_type: str,
        query: dict[str, str],
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        return await self.office.world["leads"].api.post(
            self.path,
            content=body,
            params=query,
            headers={"Content-Type": content_type, **(headers or {})},
        )

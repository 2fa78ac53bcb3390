"""Callbacks of WeCom, DingTalk and Feishu: enciphered, signed, addressed to one receiver."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import orjson
from pydantic import JsonValue

from services.leads.domain.channel import ciphers, paths, payload
from services.leads.domain.channel.ciphers import NotDecipherable
from services.leads.domain.channel.delivery import (
    Delivery,
    Genuine,
    Greeting,
    Reply,
    Scheme,
    Secret,
    Suspect,
    Verdict,
)
from services.leads.domain.channel.payload import Unreadable
from services.leads.domain.channel.proof import Tolerance, is_recent, is_same, too_old
from services.leads.domain.intake import Name
from shared.refusals import FieldError

_UNFIT = Suspect(reason="The signature does not fit, or the text cannot be deciphered")
_NOT_OURS = Suspect(reason="It is meant for another receiver")


class LetterScheme(Scheme):
    """What WeCom and DingTalk have in common."""

    parts: ClassVar[tuple[str, ...]] = ("token", "aes_key")
    receiver: Name
    """The corp id, suite id or app key that the platform writes into each message."""
    tolerance_seconds: Tolerance = 600

    def wrong_in(self, secret: Secret) -> list[FieldError]:
        """An EncodingAESKey is 43 characters of base64."""
        try:
            ciphers.letter_key(secret["aes_key"])
        except NotDecipherable as unfit:
            return [FieldError(pointer="/parts/aes_key", reason=str(unfit))]
        return []

    def open_letter(
        self, enciphered: str, signature: str, delivery: Delivery, secrets: Sequence[Secret]
    ) -> tuple[bytes, Secret] | Suspect:
        """The message, and the secret that opened it."""
        nonce, timestamp = delivery.query.get("nonce", ""), delivery.query.get("timestamp", "")
        for secret in secrets:
            made = ciphers.sign(secret["token"], timestamp, nonce, enciphered)
            if not is_same(signature, made):
                continue
            try:
                letter = ciphers.decipher_letter(enciphered, secret["aes_key"])
            except NotDecipherable:
                continue
            is_ours = is_same(letter.receiver, self.receiver)
            return (letter.message, secret) if is_ours else _NOT_OURS
        return _UNFIT


class Wecom(LetterScheme):
    """企业微信: the address is tried by GET, messages come as XML around an enciphered text."""

    scheme: Literal["wecom"]

    def greet(self, delivery: Delivery, secrets: Sequence[Secret]) -> Greeting | Suspect:
        """What was enciphered comes back in clear."""
        opened = self._opened(delivery.query.get("echostr", ""), delivery, secrets)
        if isinstance(opened, Suspect):
            return opened
        return Greeting(reply=Reply(body=opened[0].decode(errors="replace")))

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Verdict:
        """Signed, lately, and for us; WeCom wants no more than `success`."""
        opened = self._opened(_enciphered(delivery, "xml.Encrypt"), delivery, secrets)
        if isinstance(opened, Suspect):
            return opened
        return Genuine(
            message=opened[0], content_type="application/xml", reply=Reply(body="success")
        )

    def _opened(
        self, enciphered: str, delivery: Delivery, secrets: Sequence[Secret]
    ) -> tuple[bytes, Secret] | Suspect:
        if not is_recent(
            delivery.query.get("timestamp", ""), self.tolerance_seconds, delivery.came_at
        ):
            return too_old()
        signature = delivery.query.get("msg_signature", "")
        return self.open_letter(enciphered, signature, delivery, secrets)


class Dingtalk(LetterScheme):
    """钉钉: the address is tried by an event, and every answer is enciphered too."""

    scheme: Literal["dingtalk"]

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Verdict:
        """Signed, lately, and for us; times are in milliseconds."""
        query = delivery.query
        if not is_recent(query.get("timestamp", "")[:-3], self.tolerance_seconds, delivery.came_at):
            return too_old()
        signature = query.get("msg_signature") or query.get("signature", "")
        opened = self.open_letter(_enciphered(delivery, "encrypt"), signature, delivery, secrets)
        if isinstance(opened, Suspect):
            return opened
        message, secret = opened
        reply = self._success(delivery, secret)
        if _parsed(message, "EventType") == "check_url":
            return Greeting(reply=reply)
        return Genuine(message=message, content_type="application/json", reply=reply)

    def _success(self, delivery: Delivery, secret: Secret) -> Reply:
        timestamp, nonce = delivery.query["timestamp"], delivery.query.get("nonce", "")
        enciphered = ciphers.encipher_letter(
            b"success", secret["aes_key"], receiver=self.receiver, salt=delivery.salt
        )
        return Reply(
            body={
                "msg_signature": ciphers.sign(secret["token"], timestamp, nonce, enciphered),
                "timeStamp": timestamp,
                "nonce": nonce,
                "encrypt": enciphered,
            }
        )


class Feishu(Scheme):
    """飞书: JSON around an enciphered text; the receiver is the app that the event names."""

    parts: ClassVar[tuple[str, ...]] = ("encrypt_key", "verification_token")
    scheme: Literal["feishu"]
    receiver: Name
    """The app id, `cli_…`."""
    tolerance_seconds: Tolerance = 600

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Verdict:
        """Deciphered by our key; a message is signed, lately, and for our app."""
        for secret, message in self._deciphered(delivery, secrets):
            if _parsed(message, "type") == "url_verification":
                return self._greeting(message, secret)
            return self._judged(message, secret, delivery)
        return _UNFIT

    def _deciphered(
        self, delivery: Delivery, secrets: Sequence[Secret]
    ) -> Iterator[tuple[Secret, bytes]]:
        enciphered = _enciphered(delivery, "encrypt")
        for secret in secrets:
            try:
                message = ciphers.decipher_feishu(enciphered, secret["encrypt_key"])
                orjson.loads(message)
            except (NotDecipherable, orjson.JSONDecodeError):
                continue
            yield secret, message

    def _greeting(self, message: bytes, secret: Secret) -> Verdict:
        """The platform tries out the address without a signature, and proves itself by the token."""
        if not is_same(_parsed(message, "token"), secret["verification_token"]):
            return _UNFIT
        return Greeting(reply=Reply(body={"challenge": _parsed(message, "challenge")}))

    def _judged(self, message: bytes, secret: Secret, delivery: Delivery) -> Verdict:
        timestamp = delivery.header("X-Lark-Request-Timestamp")
        nonce = delivery.header("X-Lark-Request-Nonce")
        made = ciphers.sign_feishu(secret["encrypt_key"], timestamp, nonce, delivery.body)
        if not is_same(delivery.header("X-Lark-Signature"), made):
            return _UNFIT
        if not is_recent(timestamp, self.tolerance_seconds, delivery.came_at):
            return too_old()
        token = _parsed(message, "header.token") or _parsed(message, "token")
        if not is_same(token, secret["verification_token"]):
            return _UNFIT
        app = _parsed(message, "header.app_id") or _parsed(message, "event.app_id")
        if not is_same(app, self.receiver):
            return _NOT_OURS
        return Genuine(message=message, content_type="application/json", reply=Reply(body={}))


def _enciphered(delivery: Delivery, path: str) -> str:
    return _text_at(delivery.body, delivery.content_type, path)


def _parsed(message: bytes, path: str) -> str:
    return _text_at(message, "application/json", path)


def _text_at(body: bytes, content_type: str, path: str) -> str:
    """The text at a place of a body; nothing when there is none."""
    try:
        found: Sequence[JsonValue] = paths.find(payload.parse(body, content_type), path)
    except Unreadable:
        return ""
    return found[0] if found and isinstance(found[0], str) else ""

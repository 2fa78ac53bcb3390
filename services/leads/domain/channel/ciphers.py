"""How WeCom, DingTalk and Feishu encipher and sign what they call back with."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32
"""WeCom and DingTalk pad to more than a block of AES."""


class NotDecipherable(ValueError):
    """The text was not enciphered with this key, or was changed on its way."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What an enciphered text holds: the message, and for whom it is."""

    message: bytes
    receiver: str


def sign(token: str, timestamp: str, nonce: str, enciphered: str) -> str:
    """The signature of WeCom and DingTalk: SHA-1 over the four parts in order."""
    parts = "".join(sorted((token, timestamp, nonce, enciphered)))
    return hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()


def decipher_letter(enciphered: str, aes_key: str) -> Letter:
    """Open a text of WeCom or DingTalk; raises `NotDecipherable`."""
    key = letter_key(aes_key)
    plain = _unpadded(_decrypt(_bytes(enciphered), key, key[:16]), _BLOCK)
    length = int.from_bytes(plain[16:20], "big")
    if len(plain) < 20 or length > len(plain) - 20:
        raise NotDecipherable("Its length is not what it says")
    return Letter(
        message=plain[20 : 20 + length],
        receiver=plain[20 + length :].decode(errors="replace"),
    )


def encipher_letter(message: bytes, aes_key: str, *, receiver: str, salt: bytes) -> str:
    """The same the other way; `salt` are 16 random bytes."""
    key = letter_key(aes_key)
    plain = salt + len(message).to_bytes(4, "big") + message + receiver.encode()
    padding = _BLOCK - len(plain) % _BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def letter_key(aes_key: str) -> bytes:
    """The key that the 43 characters of an EncodingAESKey stand for; raises `NotDecipherable`."""
    key = _bytes(f"{aes_key}=")
    if len(key) != 32:
        raise NotDecipherable("An EncodingAESKey has 43 characters")
    return key


def sign_feishu(encrypt_key: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The signature of Feishu: SHA-256 over the key among the rest."""
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode() + body).hexdigest()


def decipher_feishu(enciphered: str, encrypt_key: str) -> bytes:
    """Open a text of Feishu; raises `NotDecipherable`."""
    sealed = _bytes(enciphered)
    key = hashlib.sha256(encrypt_key.encode()).digest()
    return _unpadded(_decrypt(sealed[16:], key, sealed[:16]), 16)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as broken:
        raise NotDecipherable("It is not base64") from broken


def _decrypt(sealed: bytes, key: bytes, start: bytes) -> bytes:
    if not sealed or len(sealed) % 16 or len(start) != 16:
        raise NotDecipherable("It is cut short")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def _unpadded(plain: bytes, block: int) -> bytes:
    padding = plain[-1]
    if not 1 <= padding <= block or plain[-padding:] != bytes([padding]) * padding:
        raise NotDecipherable("The key does not fit")
    return plain[:-padding]

"""Secrets at rest: sealed with a key that the database never sees, so that a copy of it tells nothing.

The key file is a JWK set. Its first key seals; all of them open, so a key is replaced by putting a
new one before it and taking the old one away once nothing is sealed with it any more.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NAME_BYTES = 8
_NONCE_BYTES = 12


class SealBroken(Exception):
    """What is to be opened was sealed with a key we do not have, for another place, or was changed."""


@dataclass(frozen=True)
class Sealer:
    """Seals and opens with AES-256-GCM; each seal holds only in the place it was made for."""

    keys: Mapping[bytes, bytes]
    """By the name that each seal carries; the first one seals."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys in a JWK set."""
        return cls(
            {
                bytes.fromhex(key["kid"]): urlsafe_b64decode(key["k"] + "==")
                for key in json.loads(path.read_bytes())["keys"]
            }
        )

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """The sealed text; `place` says where it belongs, such as the row it stands in."""
        name, key = next(iter(self.keys.items()))
        nonce = os.urandom(_NONCE_BYTES)
        return name + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """What was sealed for this place; raises `SealBroken`."""
        name, rest = sealed[:_NAME_BYTES], sealed[_NAME_BYTES:]
        if name not in self.keys:
            raise SealBroken("The key it was sealed with is not among ours")
        try:
            return AESGCM(self.keys[name]).decrypt(
                rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode()
            )
        except (InvalidTag, ValueError) as broken:
            raise SealBroken("It was changed, or sealed for another place") from broken

    def mark(self, text: str, *, place: str) -> bytes:
        """A keyed hash: tells equal texts from different ones, and tells nobody else anything."""
        key = next(iter(self.keys.values()))
        return hmac.digest(key, f"{place}\n{text}".encode(), hashlib.sha256)


def new_key_set() -> dict[str, list[dict[str, str]]]:
    """A set with one new key, as it stands in the file."""
    key = urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode().rstrip("=")
    return {"keys": [{"kty": "oct", "kid": secrets.token_hex(_NAME_BYTES), "k": key}]}

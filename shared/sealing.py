"""What is secret at rest: sealed with a key that the database never sees, so that a copy of it tells nothing.

The key file is a JWK set. Its first key that seals (`"use": "enc"`) seals; all of them open, so a key is
replaced by putting a new one before it and taking the old one away once nothing is sealed with it any
more. Marks, by which sealed values are found, are made with the key whose use is `sig`: it stays.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NAME_BYTES = 8
_NONCE_BYTES = 12
_MARK_BYTES = 16
_BEHIND = _NAME_BYTES + _NONCE_BYTES

KeySet = dict[str, list[dict[str, str]]]


class SealBroken(Exception):
    """What is to be opened was sealed with a key we do not have, for another place, or was changed."""


@dataclass(frozen=True)
class Sealer:
    """Seals and opens with AES-256-GCM; each seal holds only in the place it was made for."""

    keys: Mapping[bytes, bytes]
    """By the name that each seal carries; the first one seals."""
    marking: bytes
    """What marks are made with; it outlives the keys that seal."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys in a JWK set; one without a key for marks makes them with its oldest key."""
        found = json.loads(path.read_bytes())["keys"]
        sealing = {
            bytes.fromhex(key["kid"]): _bytes_of(key) for key in found if key.get("use") != "sig"
        }
        marking = [_bytes_of(key) for key in found if key.get("use") == "sig"]
        return cls(sealing, marking[0] if marking else list(sealing.values())[-1])

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """The sealed text; `place` says where it belongs, such as the row it stands in."""
        name, cipher = self._sealing
        nonce = os.urandom(_NONCE_BYTES)
        return name + nonce + cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """What was sealed for this place; raises `SealBroken`."""
        cipher = self._ciphers.get(sealed[:_NAME_BYTES])
        if cipher is None:
            raise SealBroken("The key it was sealed with is not among ours")
        try:
            return cipher.decrypt(sealed[_NAME_BYTES:_BEHIND], sealed[_BEHIND:], place.encode())
        except (InvalidTag, ValueError) as broken:
            raise SealBroken("It was changed, or sealed for another place") from broken

    def mark(self, text: str, *, place: str) -> bytes:
        """A keyed hash: tells equal texts from different ones, and tells nobody else anything."""
        return hmac.digest(self.marking, f"{place}\n{text}".encode(), hashlib.sha256)

    def short_mark(self, text: str, *, place: str) -> str:
        """The same in 32 hexadecimal digits, which sort alike everywhere: a key to look things up by."""
        return self.mark(text, place=place)[:_MARK_BYTES].hex()

    def mark_number(self, number: int) -> int:
        """A number of 64 bits in place of another, which cannot be guessed from it."""
        return _mark_number(self.marking, number)

    @property
    def newest(self) -> bytes:
        """The name of the key that seals now; what carries another one may be sealed anew."""
        return self._sealing[0]

    @cached_property
    def _ciphers(self) -> Mapping[bytes, AESGCM]:
        return {name: AESGCM(key) for name, key in self.keys.items()}

    @cached_property
    def _sealing(self) -> tuple[bytes, AESGCM]:
        return next(iter(self._ciphers.items()))


def new_key_set() -> KeySet:
    """A set with a new key of each use, as it stands in the file."""
    return {"keys": [_new_key("enc"), _new_key("sig")]}


def with_new_key(known: KeySet) -> KeySet:
    """The set with a new key in front, which seals from now on."""
    return {"keys": [_new_key("enc"), *known["keys"]]}


@lru_cache(maxsize=65536)
def _mark_number(key: bytes, number: int) -> int:
    plain = number.to_bytes(8, "big", signed=True)
    digest = hashlib.blake2b(plain, key=key, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _new_key(use: str) -> dict[str, str]:
    key = urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode().rstrip("=")
    return {"kty": "oct", "use": use, "kid": secrets.token_hex(_NAME_BYTES), "k": key}


def _bytes_of(key: Mapping[str, str]) -> bytes:
    return urlsafe_b64decode(key["k"] + "==")

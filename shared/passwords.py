"""Passwords of local accounts, kept as argon2id digests."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher()
_AT_ONCE = asyncio.Semaphore(2)
"""Each digest takes 64 MiB for a moment; more at once would be a way to exhaust us."""


async def hash_password(password: str) -> str:
    """The digest to keep, with a salt of its own."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(password: str, kept: str | None) -> bool:
    """True when the password belongs to the digest; without one it takes as long to say no."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_matches, password, kept)


def _matches(password: str, kept: str | None) -> bool:
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """A digest that stands in where there is no account."""
    return _HASHER.hash("nobody signs in with this")
